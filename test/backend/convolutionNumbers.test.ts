import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, test } from 'vitest';
import type { Precision } from '../../src/backend/kernels/convolve.ts';
import type { FusedActivation, Operation, OperationRegion } from '../../src/network/graph/operation.ts';
import { type Block, outputShape, readings, zeros } from '../oracle/windows.ts';
import { backend } from '../support/backend.ts';
import {
  expectedPasses,
  type Layer,
  type LayerCase,
  type LayerNumbers,
  numbersOf,
  onePixel,
  passesOf,
  relativeError,
  stockConvolution,
  stockDense,
  taken,
  withConvolution,
  withDense,
} from '../support/linearLayers.ts';

const onWasm = backend === 'wasm';
if (!onWasm) console.warn(`LEFT OUT on ${backend}: the numbers of the SIMD kernels: they compute on wasm only`);
const hasKernels = onWasm && inject('kernels') !== 'none';
if (!hasKernels) console.warn(`LEFT OUT on ${backend}: empty outputs: tfjs computes, which ends there on wasm`);

type Plane = readonly [rows: number, columns: number];
interface Shape {
  readonly plane: Plane;
  readonly from: number;
  readonly to: number;
  readonly window: Plane;
  readonly stride?: number;
  readonly padding?: 'same' | 'valid';
}

function layerOf({ plane, from, to, window, stride = 1, padding = 'same' }: Shape, seed = 1): LayerCase {
  return {
    inputShape: [2, ...plane, from],
    geometry: { window, strides: [stride, stride], padding, dilations: [1, 1] },
    outputs: to,
    bias: true,
    activation: undefined,
    seed,
  };
}

// One for each way to compute: by pixels, by windows (from few channels, to few, with strides), by Winograd.
const shapes: Readonly<Record<string, Shape>> = {
  '1×1, 14×14, 96 → 24': { plane: [14, 14], from: 96, to: 24, window: [1, 1] },
  '1×1, 7×7, 320 → 40': { plane: [7, 7], from: 320, to: 40, window: [1, 1] },
  '1×1, stride 2': { plane: [13, 14], from: 24, to: 30, window: [1, 1], stride: 2 },
  '3×3, stride 2, 3 → 32': { plane: [29, 30], from: 3, to: 32, window: [3, 3], stride: 2 },
  '3×3, stride 2, 32 → 20': { plane: [14, 13], from: 32, to: 20, window: [3, 3], stride: 2 },
  '7×7, stride 2, 3 → 16': { plane: [30, 30], from: 3, to: 16, window: [7, 7], stride: 2 },
  '5×5, 20 → 13': { plane: [13, 13], from: 20, to: 13, window: [5, 5], padding: 'valid' },
  '3×3, 3 → 16': { plane: [28, 28], from: 3, to: 16, window: [3, 3] },
  '3×3, 28×28, 16 → 16': { plane: [28, 28], from: 16, to: 16, window: [3, 3] },
  '3×3, 15×14, 32 → 24': { plane: [15, 14], from: 32, to: 24, window: [3, 3], padding: 'valid' },
  '3×3, 14×14, 64 → 64': { plane: [14, 14], from: 64, to: 64, window: [3, 3] },
  '3×3, 7×7, 128 → 64': { plane: [7, 7], from: 128, to: 64, window: [3, 3] },
};
const named = Object.entries(shapes);

describe.runIf(onWasm)('rounding', () => {
  // Only where all may be by F(4×4), few channels are more than that: its transforms round as much for a short sum.
  const most = { exact: 1, default: 2, fast: 2.5 };

  test.each(named)('of %s is at most twice that of tfjs, the same with "exact"', async (_, shape) => {
    const example = layerOf(shape);
    const numbers = numbersOf(example);
    const expected = expectedPasses(example, numbers);
    const errorsOf = async (tensors: readonly Tensor[]): Promise<{ output: number; gradient: number }> => {
      const [output, gradient] = await taken(tensors);
      return { output: deviation(output, expected[0].data), gradient: deviation(gradient, expected[1].data) };
    };
    const stock = await errorsOf(onTfjs(example, numbers));
    for (const precision of ways) {
      const own = await errorsOf(withConvolution(example, numbers, { precision, run: passesOf }));
      for (const of of ['output', 'gradient'] as const) {
        expect(own[of] / stock[of], `${of}, ${precision}`).toBeLessThanOrEqual(most[precision]);
      }
    }
  });

  /** The root of the mean square of the differences. */
  function deviation(found: Float32Array | undefined, expected: Float64Array): number {
    return Math.sqrt(
      expected.reduce((sum, value, i) => sum + ((found?.[i] as number) - value) ** 2, 0) / expected.length,
    );
  }
});

describe.runIf(onWasm)('precision "exact" gives the bits of tfjs', () => {
  const activations: readonly (FusedActivation | undefined)[] = [undefined, { ceiling: undefined }, { ceiling: 6 }];

  test.each(named)('%s', async (_, shape) => {
    const example = layerOf(shape, 5);
    const numbers = numbersOf(example);
    for (const activation of activations) {
      await expectBits(
        withConvolution(example, numbers, { precision: 'exact', run: (layer) => passesOf(layer, activation) }),
        withConvolution(example, numbers, { run: (layer) => stockConvolution(layer, example.geometry, activation) }),
      );
    }
  });

  test.each([
    [1, 1280, 1000],
    [1, 7, 3],
    [5, 64, 10],
    [9, 30, 70],
  ])('dense: %i rows, %i → %i', async (count, from, outputs) => {
    const geometry = onePixel;
    const numbers = numbersOf({
      inputShape: [1, 1, count, from],
      geometry,
      outputs,
      bias: true,
      activation: undefined,
      seed: 3,
    });
    for (const activation of activations) {
      await expectBits(
        withDense(numbers, { precision: 'exact', run: (layer) => passesOf(layer, activation) }),
        withDense(numbers, { run: (layer) => stockDense(layer, activation) }),
      );
    }
  });
});

const ways = ['exact', 'default', 'fast'] as const;
/** By these each value depends on what it reads alone. */
const local = ['exact', 'default'] as const;
const ofPictures: Readonly<Record<string, Shape>> = {
  '1×1': { plane: [9, 9], from: 10, to: 9, window: [1, 1] },
  '3×3': { plane: [11, 10], from: 16, to: 16, window: [3, 3] },
  '3×3, without a border': { plane: [10, 11], from: 9, to: 13, window: [3, 3], padding: 'valid' },
  '3×3, stride 2': { plane: [11, 10], from: 9, to: 13, window: [3, 3], stride: 2 },
  '5×5': { plane: [11, 10], from: 4, to: 9, window: [5, 5] },
};

describe.runIf(onWasm)('a pixel changes what reads it and nothing else', () => {
  const cases = Object.entries(ofPictures).flatMap(([name, shape]) =>
    local.map((precision) => [name, precision, shape] as const),
  );

  test.each(cases)('%s, %s', async (_, precision, shape) => {
    const { before, after, isRead } = await changes(shape, precision);
    expect(after.filter((value, i) => value !== before[i] && !isRead(i))).toEqual(new Float32Array());
  });

  test.each(cases)('%s, %s: of zeros', async (_, precision, shape) => {
    const { after, isRead } = await changes(shape, precision, () => 0);
    expect(after.filter((value, i) => value !== 0 && !isRead(i))).toEqual(new Float32Array());
  });

  test('by F(4×4), where everything may be Winograd, some noise remains', async () => {
    const { before, after, isRead } = await changes(ofPictures['3×3'] as Shape, 'fast');
    const outside = after.map((value, i) => (isRead(i) ? 0 : value - (before[i] as number)));
    const [noise, largest] = [outside, before].map((values) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0));
    expect((noise as number) / (largest as number)).toBeLessThan(1e-6);
  });

  /** One picture for each pixel, of which one channel is 1 more: the values before and after, and which may differ. */
  async function changes(
    shape: Shape,
    precision: Precision,
    start?: () => number,
  ): Promise<{ before: Float32Array; after: Float32Array; isRead: (i: number) => boolean }> {
    const [rows, columns] = shape.plane;
    const count = rows * columns;
    const one = { ...layerOf(shape), bias: start === undefined };
    const many = { ...one, inputShape: [count, rows, columns, shape.from] as const };
    const drawn = numbersOf(one).x.data.map(start ?? Number);
    const x = zeros(many.inputShape);
    for (let i = 0; i < count; i++) x.data.set(drawn.subarray(0, count * shape.from), i * count * shape.from);
    const numbers = { ...numbersOf(one), x };
    const before = await outputsOf(many, numbers, precision);
    for (let i = 0; i < count; i++) x.data[(i * count + i) * shape.from + (i % shape.from)]! += 1;
    const after = await outputsOf(many, numbers, precision);
    const [, high, wide, channels] = outputShape(many.inputShape, many.geometry, many.outputs);
    const pixelOf = ([row, column]: Plane, width: number): number => row * width + column;
    const read = new Set(
      readings(shape.plane, many.geometry).map(
        ({ from, to }) => pixelOf(from, columns) * high * wide + pixelOf(to, wide),
      ),
    );
    return { before, after, isRead: (i) => read.has(Math.floor(i / channels)) };
  }
});

describe.runIf(onWasm)('a picture of one colour gives one value for each channel', () => {
  test.each(Object.entries(ofPictures).flatMap(([name, shape]) => local.map((way) => [name, way, shape] as const)))(
    '%s, %s',
    async (_, precision, shape) => {
      const example = layerOf(shape);
      const numbers = numbersOf(example);
      const x = { ...numbers.x, data: numbers.x.data.map((_value, i) => Math.fround(0.7 + (i % shape.from) / 9)) };
      const values = await outputsOf(example, { ...numbers, x }, precision);
      const within = interior(example);
      for (let channel = 0; channel < shape.to; channel++) {
        const ofChannel = within.map((pixel) => values[pixel * shape.to + channel] as number);
        expect(new Set(ofChannel).size).toBe(1);
      }
    },
  );

  /** The output pixels of the first picture whose window lies within it. */
  function interior({ inputShape: [, rows, columns], geometry }: LayerCase): number[] {
    const counts = new Map<number, number>();
    const wide = outputShape([1, rows, columns, 1], geometry, 1)[2];
    for (const { to } of readings([rows, columns], geometry)) {
      const pixel = to[0] * wide + to[1];
      counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    }
    const whole = geometry.window[0] * geometry.window[1];
    return [...counts].filter(([, count]) => count === whole).map(([pixel]) => pixel);
  }
});

describe.runIf(onWasm)('numbers that are not finite', () => {
  const cases = Object.entries(ofPictures).flatMap(([name, shape]) =>
    ways.flatMap((precision) =>
      [Number.NaN, Infinity, -Infinity].map((value) => [name, precision, value, shape] as const),
    ),
  );

  test.each(cases)('%s, %s: %d', async (_, precision, value, shape) => {
    const example = layerOf(shape);
    const { x, ...others } = numbersOf(example);
    x.data[(4 * shape.plane[1] + 5) * shape.from] = value;
    const numbers = { x, ...others };
    const found = await outputsOf(example, numbers, precision);
    const [expected = new Float32Array()] = await taken(onTfjs(example, numbers));
    // A transform makes NaN of ∞ − ∞.
    if (precision === 'exact') return expect(found).toEqual(expected);
    const finite = (values: Float32Array): boolean[] => Array.from(values, Number.isFinite);
    if (precision === 'default') expect(finite(found)).toEqual(finite(expected));
    // F(4×4) reads 6×6 pixels for its 16.
    const kept = expected.filter((_value, i) => Number.isFinite(found[i]));
    expect(kept.every(Number.isFinite)).toBe(true);
    expect(relativeError(found.filter(Number.isFinite), kept)).toBeLessThan(4e-6);
  });
});

describe.runIf(onWasm)('parts and batches', () => {
  const starts: readonly Plane[] = [
    [0, 0],
    [1, 0],
    [0, 1],
    [3, 3],
    [2, 4],
    [5, 2],
  ];

  test.each(Object.entries(ofPictures).flatMap(([name, shape]) => ways.map((way) => [name, way, shape] as const)))(
    'a part of the output has the bits of the whole: %s, %s',
    async (_, precision, shape) => {
      const example = { ...layerOf(shape), inputShape: [1, ...shape.plane, shape.from] as const };
      const numbers = numbersOf(example);
      const size = [3, 2] as const;
      const activation = { ceiling: undefined };
      const [, high, wide] = outputShape(example.inputShape, example.geometry, 1);
      const at = starts.filter(([row, column]) => row + size[0] <= high && column + size[1] <= wide);
      const [parts, wholes] = await taken(
        withConvolution(example, numbers, {
          precision,
          run: ({ operation, x }) => {
            const whole = operation.forward([x], undefined, activation);
            const inputs = tf.concat(at.map((first) => windowOf(operation, x, first, size)));
            const part = { at, size, inputShapes: [x.shape] };
            return [
              operation.partial?.run([inputs], part, activation) as Tensor,
              tf.concat(at.map(([r, c]) => tf.slice(whole, [0, r, c, 0], [1, ...size, -1]))),
            ];
          },
        }),
      );
      if (precision === 'fast') expect(relativeError(parts as Float32Array, wholes as Float32Array)).toBeLessThan(1e-5);
      else expect(parts).toEqual(wholes);
    },
  );

  /** What a part of the output reads, with zeros beyond the border. */
  function windowOf(operation: Operation, x: Tensor4D, [row, column]: Plane, [rows, columns]: Plane): Tensor {
    const output = { rows: [row, row + rows], columns: [column, column + columns] } as const;
    const [region] = operation.region(output, [x.shape]) as [OperationRegion];
    const margin = 9;
    const sides: [number, number][] = [
      [0, 0],
      [margin, margin],
      [margin, margin],
      [0, 0],
    ];
    const [top, bottom, left, right] = [...region.rows, ...region.columns];
    return tf.slice(tf.pad(x, sides), [0, top + margin, left + margin, 0], [1, bottom - top, right - left, -1]);
  }

  test.each(ways)('a picture has the same bits alone and among 70, by "%s"', async (precision) => {
    const one = { ...layerOf(ofPictures['3×3'] as Shape), activation: undefined };
    const many = { ...one, inputShape: [70, ...one.inputShape.slice(1)] as unknown as LayerCase['inputShape'] };
    const numbers = numbersOf(many);
    const all = await outputsOf(many, numbers, precision);
    const size = numbers.x.data.length / 70;
    const last = {
      shape: [1, ...one.inputShape.slice(1)] as unknown as Block['shape'],
      data: numbers.x.data.slice(-size),
    };
    const alone = await outputsOf(one, { ...numbers, x: last }, precision);
    expect(alone).toEqual(all.slice(-alone.length));
  });

  // tfjs ends there with "memory access out of bounds", and is of no use afterwards.
  test.runIf(hasKernels).each([
    ['no pictures', [0, 5, 5, 4], 'same'],
    ['no rows', [2, 0, 5, 4], 'same'],
    ['a window that does not fit', [1, 2, 5, 4], 'valid'],
  ] as const)('%s: an empty output, and a gradient of zeros', async (_, inputShape, padding) => {
    const geometry = { window: [3, 3], strides: [1, 1], padding, dilations: [1, 1] } as const;
    const outputs = 6;
    const example: LayerCase = { inputShape, geometry, outputs, bias: true, activation: undefined, seed: 1 };
    for (const precision of ways) {
      const [output, gradient] = withConvolution(example, numbersOf(example), { precision, run: passesOf });
      expect(output?.size).toBe(0);
      expect(output?.shape).toEqual(outputShape(inputShape, geometry, outputs).map((length) => Math.max(length, 0)));
      expect(gradient?.shape).toEqual([...inputShape]);
      for (const values of await taken([output, gradient] as Tensor[])) expect(values.every((x) => x === 0)).toBe(true);
    }
  });
});

describe.runIf(onWasm)('what is left', () => {
  test('no memory is taken by later calls, and no tensor is left', async () => {
    const examples = ['1×1, 14×14, 96 → 24', '3×3, 14×14, 64 → 64', '3×3, stride 2, 32 → 20'].map((name) => {
      const example = layerOf(shapes[name] as Shape);
      return [example, numbersOf(example)] as const;
    });
    const before = tf.memory().numTensors;
    const calls = (count: number): void => {
      for (const precision of ways) {
        for (const [example, numbers] of examples) withConvolution(example, numbers, { precision, run: many });
      }
      function many(layer: Layer): [] {
        tf.tidy(() => void passesOf(layer));
        const kept = tf.memory().numTensors;
        for (let i = 0; i < count; i++) tf.tidy(() => void passesOf(layer));
        expect(tf.memory().numTensors).toBe(kept);
        return [];
      }
    };
    calls(5);
    const bytes = heapBytes();
    calls(200);
    expect(heapBytes()).toBe(bytes);
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** How large the memory of wasm is; it never shrinks. */
function heapBytes(): number {
  const { wasm } = tf.backend() as unknown as {
    wasm: { asm?: { memory?: WebAssembly.Memory }; wasmMemory?: WebAssembly.Memory };
  };
  return (wasm.asm?.memory ?? wasm.wasmMemory)?.buffer.byteLength ?? Number.NaN;
}

async function outputsOf(example: LayerCase, numbers: LayerNumbers, precision: Precision): Promise<Float32Array> {
  const run = ({ operation, x }: { operation: { forward(x: Tensor[]): Tensor }; x: Tensor4D }): Tensor[] => [
    operation.forward([x]),
  ];
  const [values] = await taken(withConvolution(example, numbers, { precision, run }));
  return values as Float32Array;
}

function onTfjs(example: LayerCase, numbers: LayerNumbers): readonly Tensor[] {
  return withConvolution(example, numbers, { run: (layer) => stockConvolution(layer, example.geometry) });
}

async function expectBits(found: readonly Tensor[], expected: readonly Tensor[]): Promise<void> {
  const bitsOf = async (tensors: readonly Tensor[]): Promise<Uint32Array[]> =>
    (await taken(tensors)).map((values) => new Uint32Array(values.slice().buffer));
  const [ours, stock] = [await bitsOf(found), await bitsOf(expected)];
  stock.forEach((bits, i) => {
    const differ = bits.filter((value, k) => value !== ours[i]?.[k]).length;
    expect(`${differ} of ${bits.length} differ`).toBe(`0 of ${bits.length} differ`);
  });
}

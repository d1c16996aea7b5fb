import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depthwiseForward } from '../../src/backend/kernels/depthwise.ts';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../../src/backend/kernels/depthwiseInputGradient.ts';
import type { Activation } from '../../src/backend/kernels/elementwise.ts';
import { convolutionPadding, type WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { canUseSimd } from '../../src/backend/kernels/simd/simd.ts';
import * as oracle from '../oracle/convolution.ts';
import { type Block, outputLength, outputShape } from '../oracle/windows.ts';
import { backend } from '../support/backend.ts';
import { noise, tensorOf } from '../support/windows.ts';

const isHere = tf.tidy(() => canUseSimd([tf.zeros([1])]));
if (!isHere) console.warn(`LEFT OUT on ${backend} without SIMD kernels: what the depthwise ones compute`);
const builds = ['plain', 'fastest'] as const;

interface Layer {
  readonly inputShape: Block['shape'];
  readonly geometry: WindowGeometry;
  readonly multiplier: number;
  readonly bias: boolean;
  readonly activation: Activation | undefined;
  readonly seed: number;
}

test('depthwiseForward(x, weights, geometry) leaves it to tfjs where there is no SIMD', () => {
  const layer = { ...layerOf({ plane: [4, 5], channels: 6, window: 3 }), bias: true };
  tf.tidy(() => {
    const { x, kernel, bias } = tensorsOf(numbersOf(layer));
    expect(depthwiseForward(x, { kernel, bias }, layer.geometry) !== undefined).toBe(isHere);
  });
});

describe.runIf(isHere)('depthwiseForward(x, weights, geometry, activation, build)', () => {
  const runs = { numRuns: 300 };

  test.each(builds)('%s: sums over windows', async (build) => {
    await fc.assert(
      fc.asyncProperty(layers(), async (layer) => {
        const numbers = numbersOf(layer);
        const found = await valuesOf(() => forward(layer, numbers, build));
        expect(errorOf(found, expectedOf(layer, numbers), 1)).toBeLessThanOrEqual(4e-6);
      }),
      runs,
    );
  });

  test.each(builds)('%s: rounding is at most twice that of tfjs', async (build) => {
    for (const layer of shapes) {
      const numbers = numbersOf(layer);
      const expected = expectedOf(layer, numbers);
      const found = await valuesOf(() => forward(layer, numbers, build));
      const stock = await valuesOf(() => stockForward(layer, numbers));
      const most = 2 * errorOf(stock, expected) + 2 ** -24;
      expect(errorOf(found, expected), JSON.stringify(layer)).toBeLessThanOrEqual(most);
    }
  });

  const pictures = shapesOf([9, 9], 6);

  test.each(builds)('%s: what is not finite stays where it is read', async (build) => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      for (const layer of pictures) {
        const numbers = numbersOf(layer);
        numbers.x.data[(4 * 9 + 5) * 6 + 2] = value;
        const found = await valuesOf(() => forward(layer, numbers, build));
        const expected = expectedOf(layer, numbers).data;
        expect(notFinite(found)).toEqual(notFinite(expected));
        const relu = { ...layer, activation: { ceiling: 6 } };
        const limited = await valuesOf(() => forward(relu, numbers, build));
        const cut = (x: number): number => Math.min(Math.max(x, 0), 6);
        expect(limited).toEqual(found.map(cut));
      }
    }
  });

  test.each(builds)('%s: a picture of one color gives one value for each channel', async (build) => {
    for (const layer of pictures) {
      const valid = { ...layer, geometry: { ...layer.geometry, padding: 'valid' as const } };
      const numbers = numbersOf(valid);
      const x = { ...numbers.x, data: numbers.x.data.map((_, i) => Math.fround(0.7 + (i % 6) / 9)) };
      const values = await valuesOf(() => forward(valid, { ...numbers, x }, build));
      for (let channel = 0; channel < 6; channel++) {
        expect(new Set(values.filter((_, i) => i % 6 === channel)).size).toBe(1);
      }
    }
  });

  test.each(builds)('%s: a part of a picture gives the bits that the whole does', async (build) => {
    for (const { geometry, ...layer } of shapesOf([9, 13], 6)) {
      const valid = { ...layer, geometry: { ...geometry, padding: 'valid' as const } };
      const numbers = numbersOf(valid);
      const whole = await taken(() => forward(valid, numbers, build));
      const part = await taken(() => {
        const { x, kernel, bias } = tensorsOf(numbers);
        const beside = tf.slice(x, [0, 0, geometry.strides[1], 0], [-1, -1, -1, -1]);
        return depthwiseForward(beside, { kernel, bias }, valid.geometry, undefined, build) as Tensor4D;
      });
      const [, , width, channels] = whole.shape as Block['shape'];
      expect(part.shape[2]).toBe(width - 1);
      expect(part.values).toEqual(whole.values.filter((_, i) => Math.floor(i / channels) % width > 0));
    }
  });

  test('nothing is left', () => {
    const numbersAndLayers = shapes.map((layer) => [layer, numbersOf(layer)] as const);
    const before = tf.memory().numTensors;
    const calls = (count: number): void => {
      for (const [{ geometry, inputShape, activation }, numbers] of numbersAndLayers) {
        const { x, kernel, bias, cotangent } = tensorsOf(numbers);
        for (let i = 0; i < count; i++) {
          for (const build of builds) {
            depthwiseForward(x, { kernel, bias }, geometry, activation, build)?.dispose();
            const prepared = prepareDepthwiseKernel(kernel, geometry);
            depthwiseInputGradient(cotangent, prepared, inputShape, geometry, build).dispose();
            prepared.dispose();
          }
        }
        tf.dispose([x, kernel, cotangent, ...(bias ? [bias] : [])]);
      }
    };
    calls(3);
    const bytes = heapBytes();
    calls(30);
    expect(heapBytes()).toBe(bytes);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.runIf(isHere)('depthwiseInputGradient(cotangent, prepared, inputShape, geometry, build)', () => {
  test.each(builds)('%s: sums over what reads a pixel', async (build) => {
    await fc.assert(
      fc.asyncProperty(layers(), async (layer) => {
        const { inputShape, geometry } = layer;
        const numbers = numbersOf(layer);
        const found = await valuesOf(() => gradient(layer, numbers, build));
        const expected = oracle.depthwiseInputGradient(numbers.cotangent, numbers.kernel, { inputShape, geometry });
        expect(errorOf(found, expected, 1)).toBeLessThanOrEqual(4e-6);
      }),
      { numRuns: 300 },
    );
  });

  test('what is not finite stays where it was read', async () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      for (const layer of shapesOf([9, 9], 6)) {
        const { inputShape, geometry } = layer;
        const numbers = numbersOf(layer);
        numbers.cotangent.data[2 * 6 + 3] = value;
        const found = await valuesOf(() => gradient(layer, numbers, 'fastest'));
        const { data } = oracle.depthwiseInputGradient(numbers.cotangent, numbers.kernel, { inputShape, geometry });
        expect(notFinite(found)).toEqual(notFinite(data));
      }
    }
  });
});

const pair = (max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));

function layers(): fc.Arbitrary<Layer> {
  return fc
    .record({
      inputShape: fc
        .tuple(
          fc.integer({ min: 1, max: 3 }),
          pair(9),
          fc.oneof(fc.integer({ min: 1, max: 13 }), fc.constantFrom(16, 24)),
        )
        .map(([batch, plane, channels]): Block['shape'] => [batch, ...plane, channels]),
      geometry: fc.record({
        window: fc.oneof(pair(7), fc.constantFrom<[number, number]>([3, 3], [5, 5])),
        strides: fc.oneof(pair(3), fc.constantFrom<[number, number]>([1, 1], [2, 2])),
        padding: fc.constantFrom('same' as const, 'valid' as const),
        dilations: fc.oneof(pair(3), fc.constant<[number, number]>([1, 1])),
      }),
      multiplier: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 3 })),
      bias: fc.boolean(),
      activation: fc.constantFrom(undefined, { ceiling: undefined }, { ceiling: 6 }),
      seed: fc.integer({ min: 0, max: 1000 }),
    })
    .filter(({ inputShape: [, rows, columns], geometry }) =>
      ([rows, columns] as const).every((length, axis) => outputLength(length, geometry, axis as 0 | 1) > 0),
    );
}

interface Shape {
  readonly plane: readonly [number, number];
  readonly channels: number;
  readonly window: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly multiplier?: number;
}

function layerOf({ plane, channels, window, stride = 1, dilation = 1, multiplier = 1 }: Shape): Layer {
  return {
    inputShape: [1, ...plane, channels],
    geometry: {
      window: [window, window],
      strides: [stride, stride],
      padding: 'same',
      dilations: [dilation, dilation],
    },
    multiplier,
    bias: true,
    activation: undefined,
    seed: 7,
  };
}

/** One for each way to compute. */
function shapesOf(plane: readonly [number, number], channels: number): Layer[] {
  return [1, 2, 3, 4, 5].flatMap((window) => [
    ...[1, 2, 3].map((stride) => layerOf({ plane, channels, window, stride })),
    layerOf({ plane, channels, window, dilation: 2 }),
  ]);
}

const shapes: readonly Layer[] = [
  ...shapesOf([14, 13], 20),
  ...shapesOf([9, 8], 3),
  layerOf({ plane: [14, 13], channels: 11, window: 3, multiplier: 2 }),
  layerOf({ plane: [28, 28], channels: 24, window: 5, stride: 2 }),
];

interface Numbers {
  readonly x: Block;
  readonly kernel: Block;
  readonly bias: Block | undefined;
  readonly cotangent: Block;
}

function numbersOf({ inputShape, geometry, multiplier, bias, seed }: Layer): Numbers {
  const channels = inputShape[3] * multiplier;
  return {
    x: noise(inputShape, seed),
    kernel: noise([...geometry.window, inputShape[3], multiplier], seed + 1),
    bias: bias ? noise([1, 1, 1, channels], seed + 2) : undefined,
    cotangent: noise(outputShape(inputShape, geometry, channels), seed + 3),
  };
}

function tensorsOf({ x, kernel, bias, cotangent }: Numbers): {
  x: Tensor4D;
  kernel: Tensor4D;
  bias: Tensor1D | undefined;
  cotangent: Tensor4D;
} {
  return {
    x: tensorOf(x),
    kernel: tensorOf(kernel),
    bias: bias && tf.tensor1d(Float32Array.from(bias.data)),
    cotangent: tensorOf(cotangent),
  };
}

type Build = (typeof builds)[number];

function forward({ geometry, activation }: Layer, numbers: Numbers, build: Build): Tensor {
  const { x, kernel, bias } = tensorsOf(numbers);
  return depthwiseForward(x, { kernel, bias }, geometry, activation, build) as Tensor4D;
}

function stockForward({ geometry, activation }: Layer, numbers: Numbers): Tensor {
  const { x, kernel, bias } = tensorsOf(numbers);
  const pad = convolutionPadding(x.shape, geometry);
  const run = tf.fused.depthwiseConv2d as typeof tf.fused.conv2d<Tensor4D>;
  return run({
    x,
    filter: kernel,
    strides: [...geometry.strides],
    dilations: [...geometry.dilations],
    pad,
    ...(bias && { bias }),
    ...(Array.isArray(pad) && { dimRoundingMode: 'floor' }),
    activation: activation ? (activation.ceiling ? 'relu6' : 'relu') : 'linear',
  });
}

function gradient({ geometry, inputShape }: Layer, numbers: Numbers, build: Build): Tensor {
  const { kernel, cotangent } = tensorsOf(numbers);
  return depthwiseInputGradient(cotangent, prepareDepthwiseKernel(kernel, geometry), inputShape, geometry, build);
}

function expectedOf({ geometry, activation }: Layer, { x, kernel, bias }: Numbers): Block {
  const { shape, data } = oracle.depthwiseConv(x, kernel, geometry);
  const [low, high] = activation ? [0, activation.ceiling ?? Infinity] : [-Infinity, Infinity];
  const shifted = data.map((sum, i) => sum + (bias?.data[i % shape[3]] ?? 0));
  return { shape, data: shifted.map((value) => Math.min(Math.max(value, low as number), high as number)) };
}

interface Taken {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

async function taken(run: () => Tensor): Promise<Taken> {
  const result = tf.tidy(run);
  const values = (await result.data()) as Float32Array;
  result.dispose();
  return { shape: result.shape, values };
}

async function valuesOf(run: () => Tensor): Promise<Float32Array> {
  return (await taken(run)).values;
}

/** The largest error, in parts of the largest number or of `least`. */
function errorOf(found: Float32Array, { data }: Block, least = 0): number {
  expect(found.length).toBe(data.length);
  const scale = data.reduce((a, b) => Math.max(a, Math.abs(b)), least);
  const error = data.reduce((worst, expected, i) => Math.max(worst, Math.abs(expected - (found[i] as number))), 0);
  return error / scale;
}

/** The numbers that are not finite, and 0 for all others. */
function notFinite(values: ArrayLike<number>): number[] {
  return Array.from(values, (x) => (Number.isFinite(x) ? 0 : x));
}

/** How large the memory of wasm is; it never shrinks. */
function heapBytes(): number {
  const { wasm } = tf.backend() as unknown as {
    wasm: { asm?: { memory?: WebAssembly.Memory }; wasmMemory?: WebAssembly.Memory };
  };
  return (wasm.asm?.memory ?? wasm.wasmMemory)?.buffer.byteLength ?? Number.NaN;
}

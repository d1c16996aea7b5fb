import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockOf, convKernelGradient, type KernelPlacement } from '../../src/backend/training/convFilterGradient.ts';
import { depthwiseKernelGradient } from '../../src/backend/training/depthwiseFilterGradient.ts';
import { at, type Block, zeros } from '../oracle/windows.ts';
import { backend } from '../support/backend.ts';
import { inParts, type Kernel, kernelsOnMemories } from '../support/kernelParts.ts';
import { noise, tensorOf } from '../support/windows.ts';

type Pair = [number, number];
type Shape = [number, number, number, number];

/** A window with any padding on images, and how many filters there are, of each channel if it is depthwise. */
interface Case {
  readonly inputShape: Shape;
  readonly window: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: 'same' | readonly [Pair, Pair];
  readonly filters: number;
  readonly seed: number;
}

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const pair = (max: number): fc.Arbitrary<Pair> => fc.tuple(upTo(max), upTo(max));
const counts = fc.constantFrom(...Array.from({ length: 13 }, (_, i) => i + 1), 16, 24);
const margins: fc.Arbitrary<Pair> = fc.tuple(fc.nat(4), fc.nat(4));

function cases(filters: fc.Arbitrary<number>): fc.Arbitrary<Case> {
  return fc
    .record({
      inputShape: fc.tuple(upTo(3), upTo(12), upTo(12), counts),
      window: pair(5),
      strides: pair(3),
      dilations: pair(3),
      padding: fc.oneof(fc.constant('same' as const), fc.tuple(margins, margins)),
      filters,
      seed: fc.nat(1000),
    })
    .filter((drawn) => alongAxes(drawn).every(({ outputs }) => outputs > 0));
}

/** How many windows there are along rows and columns, and what is around the input: by TensorFlow's definitions. */
function alongAxes({ inputShape, window, strides, dilations, padding }: Case): { outputs: number; around: Pair }[] {
  return ([0, 1] as const).map((axis) => {
    const size = inputShape[axis + 1] as number;
    const extent = (window[axis] - 1) * dilations[axis] + 1;
    if (padding !== 'same') {
      const around = padding[axis];
      return { outputs: Math.floor((size + around[0] + around[1] - extent) / strides[axis]) + 1, around };
    }
    const outputs = Math.ceil(size / strides[axis]);
    const missing = Math.max((outputs - 1) * strides[axis] + extent - size, 0);
    return { outputs, around: [Math.floor(missing / 2), Math.ceil(missing / 2)] };
  });
}

const runs: fc.Parameters<[Case]> = { numRuns: { webgl: 3, webgpu: 10 }[backend] ?? 150 };
const kinds: [string, typeof convKernelGradient, fc.Arbitrary<number>, isDepthwise: boolean][] = [
  ['convolution', convKernelGradient, counts, false],
  ['depthwise convolution', depthwiseKernelGradient, upTo(3), true],
];

test.each(kinds)(
  'the gradient of the filters of a %s, against plain loops',
  async (_, gradient, filters, isDepthwise) => {
    await fc.assert(
      fc.asyncProperty(cases(filters), (drawn) => expectSums(drawn, gradient, isDepthwise)),
      runs,
    );
  },
);

// Blocks of rows, and of images.
const large = { window: [3, 3], strides: [1, 1], dilations: [1, 1], padding: 'same', filters: 9, seed: 1 } as const;
test.each<[string, Shape]>([
  ['many rows', [2, 37, 30, 5]],
  ['a row of more than a block', [1, 3, 300, 5]],
  ['many small images', [90, 3, 2, 5]],
])('the gradient of filters: %s', async (_, inputShape) => {
  const drawn: Case = { ...large, inputShape, window: [3, 3], strides: [1, 1], dilations: [1, 1] };
  await expectSums(drawn, convKernelGradient, false);
  await expectSums({ ...drawn, filters: 2 }, depthwiseKernelGradient, true);
});

describe.each(kernelsOnMemories(60))('the $build build on $name memory', ({ memory, kernels }) => {
  test('the sums of filters, in parts the same, and nothing beyond', () => {
    const property = fc.property(cases(counts), (drawn) => {
      const { x, cotangent, placement } = numbersOf(drawn, false);
      const { images, rows, room } = blockOf([...x.shape], [...cotangent.shape], placement.sliding);
      const [, high, wide, filters] = cotangent.shape;
      expectParts({ memory, kernel: kernels['convFilterGradient'] as Kernel }, drawn, false, {
        room,
        sizes: [high, wide, filters, ...steps(placement), images, rows],
      });
    });
    fc.assert(property, { numRuns: 60 });
  });

  test('the sums of depthwise filters, in parts the same, and nothing beyond', () => {
    const property = fc.property(cases(upTo(3)), (drawn) => {
      const { x, cotangent, placement } = numbersOf(drawn, true);
      const [, rows, columns, inputs] = x.shape;
      const [, high, wide] = cotangent.shape;
      expectParts({ memory, kernel: kernels['depthwiseFilterGradient'] as Kernel }, drawn, true, {
        room: 4 * rows * columns * (inputs * drawn.filters + 8),
        sizes: [high, wide, drawn.filters, ...steps(placement)],
      });
    });
    fc.assert(property, { numRuns: 60 });
  });
});

function steps({ sliding: { filter, strides, dilations, padding } }: KernelPlacement): number[] {
  return [...filter, ...strides, ...dilations, padding[0][0], padding[1][0]];
}

function expectParts(
  { memory, kernel }: { memory: WebAssembly.Memory; kernel: Kernel },
  drawn: Case,
  isDepthwise: boolean,
  { room, sizes }: { room: number; sizes: readonly number[] },
): void {
  const { x, cotangent, placement } = numbersOf(drawn, isDepthwise);
  const expected = sums(x, cotangent, placement, isDepthwise).data;
  const found = inParts(memory, kernel, {
    operands: [x.data, cotangent.data],
    addressed: (operands, result, scratch) => [...operands, result, ...scratch, ...x.shape, ...sizes],
    room,
    size: expected.length,
  });
  expect(largestError(found, expected)).toBeLessThan(2e-6);
}

/** The numbers that a case is about, drawn by its seed. */
function numbersOf(drawn: Case, isDepthwise: boolean): { x: Block; cotangent: Block; placement: KernelPlacement } {
  const { inputShape, window, strides, dilations, filters, seed } = drawn;
  const [rows, columns] = alongAxes(drawn) as [{ outputs: number; around: Pair }, { outputs: number; around: Pair }];
  const kernelShape: Shape = [...window, inputShape[3], filters];
  const cotangents = isDepthwise ? inputShape[3] * filters : filters;
  const padding = [rows.around, columns.around] as const;
  return {
    x: noise(inputShape, seed),
    cotangent: noise([inputShape[0], rows.outputs, columns.outputs, cotangents], seed + 1),
    placement: { kernelShape, sliding: { filter: window, strides, dilations, padding } },
  };
}

async function expectSums(drawn: Case, gradient: typeof convKernelGradient, isDepthwise: boolean): Promise<void> {
  const { x, cotangent, placement } = numbersOf(drawn, isDepthwise);
  const found = tf.tidy((): Tensor => gradient(tensorOf(x), tensorOf(cotangent), placement));
  const values = (await found.data()) as Float32Array;
  found.dispose();
  expect(found.shape).toEqual(placement.kernelShape);
  // GPUs round as they like.
  const tolerance = ['cpu', 'wasm'].includes(backend) ? 4e-6 : 1e-4;
  expect(largestError(values, sums(x, cotangent, placement, isDepthwise).data)).toBeLessThan(tolerance);
}

/** In parts of the largest number, of 1 at least. */
function largestError(found: Float32Array, expected: Float64Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const error = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i] ?? NaN))), 0);
  return error / scale;
}

/** Σ over images and positions of what a weight met times the cotangent of what it fed. */
function sums(x: Block, cotangent: Block, { kernelShape, sliding }: KernelPlacement, isDepthwise: boolean): Block {
  const { filter, strides, dilations, padding } = sliding;
  const gradient = zeros(kernelShape as Shape);
  const [batch, rows, columns, inputs] = x.shape;
  const [, high, wide] = cotangent.shape;
  const outputs = kernelShape[3] as number;
  const add = (position: Shape, ky: number, kx: number): void => {
    const [n, oy, ox] = position;
    const [row, column] = [oy * strides[0] + ky * dilations[0], ox * strides[1] + kx * dilations[1]];
    const [y, z] = [row - padding[0][0], column - padding[1][0]];
    if (y < 0 || y >= rows || z < 0 || z >= columns) return;
    for (let c = 0; c < inputs; c++) {
      for (let k = 0; k < outputs; k++) {
        const by = at(cotangent, [n, oy, ox, isDepthwise ? c * outputs + k : k]);
        const to = at(gradient, [ky, kx, c, k]);
        const product = (x.data[at(x, [n, y, z, c])] as number) * (cotangent.data[by] as number);
        gradient.data[to] = (gradient.data[to] as number) + product;
      }
    }
  };
  for (let i = 0; i < batch * high * wide * filter[0] * filter[1]; i++) {
    const tap = i % (filter[0] * filter[1]);
    const position = Math.floor(i / (filter[0] * filter[1]));
    const line = Math.floor(position / wide);
    add([Math.floor(line / high), line % high, position % wide, 0], Math.floor(tap / filter[1]), tap % filter[1]);
  }
  return gradient;
}

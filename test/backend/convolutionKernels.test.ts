import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Precision } from '../../src/backend/kernels/convolve.ts';
import { outputLength } from '../oracle/windows.ts';
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
  taken,
  withConvolution,
  withDense,
} from '../support/linearLayers.ts';

/** Of the largest number, of 1 at least. GPUs round as they like; by F(4×4) values round as what a ReLU6 cut off. */
const tolerances = ['cpu', 'wasm'].includes(backend)
  ? { exact: 4e-6, default: 4e-6, fast: 1e-5 }
  : { exact: 1e-4, default: 1e-4, fast: 1e-4 };
const precisions = fc.constantFrom('exact' as const, 'default' as const, 'fast' as const);
const runs: fc.Parameters<[LayerCase, Precision]> = { numRuns: { webgl: 3, webgpu: 5 }[backend] ?? 100 };

const counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 24, 32];
const pair = (max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));

/** What a drawn convolution may be; anything up to these where nothing is said. */
interface Bounds {
  readonly size?: number;
  readonly window?: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
}

function layers({ size = 9, inputs = counts, outputs = counts, ...bounds }: Bounds): fc.Arbitrary<LayerCase> {
  const { window, strides, dilations } = bounds;
  return (
    fc
      .record({
        inputShape: fc
          .tuple(fc.integer({ min: 1, max: 3 }), pair(size), fc.constantFrom(...inputs))
          .map(([batch, plane, channels]): LayerCase['inputShape'] => [batch, ...plane, channels]),
        geometry: fc.record({
          window: window ? fc.constant(window) : pair(5),
          strides: strides ? fc.constant(strides) : pair(3),
          padding: fc.constantFrom('same' as const, 'valid' as const),
          dilations: dilations ? fc.constant(dilations) : pair(3),
        }),
        outputs: fc.constantFrom(...outputs),
        bias: fc.boolean(),
        activation: fc.constantFrom(undefined, { ceiling: undefined }, { ceiling: 6 }),
        seed: fc.integer({ min: 0, max: 1000 }),
      })
      // tfjs knows no window with both.
      .filter(({ geometry }) => isOnes(geometry.strides) || isOnes(geometry.dilations))
      .filter(({ inputShape: [, rows, columns], geometry }) =>
        ([rows, columns] as const).every((length, axis) => outputLength(length, geometry, axis as 0 | 1) > 0),
      )
  );
}

function isOnes(pairOf: readonly number[]): boolean {
  return pairOf.every((count) => count === 1);
}

const one = [1, 1] as const;
const three = [3, 3] as const;
const many = [64, 66, 96];
const kinds: readonly (readonly [string, Bounds])[] = [
  ['of any window', {}],
  ['of single pixels', { window: one, dilations: one }],
  ['of single pixels, without a stride', { size: 20, window: one, strides: one, dilations: one }],
  ['3×3, without a stride', { size: 20, window: three, strides: one, dilations: one }],
  ['3×3, with strides', { size: 20, window: three, dilations: one }],
  ['7×7, from few channels', { size: 20, window: [7, 7], strides: [2, 2], dilations: one, inputs: [1, 2, 3, 4] }],
  ['without strides, to few channels', { strides: one, outputs: [1, 2, 3, 4] }],
  [
    '3×3, from many channels to many',
    { size: 9, window: three, strides: one, dilations: one, inputs: many, outputs: many },
  ],
  ['from few channels', { strides: one, dilations: one, inputs: [1, 2, 3, 4] }],
];

describe('conv2d is a sum over windows, and its gradient the sum over what reads a pixel', () => {
  test.each(kinds)('%s', async (_, bounds) => {
    await fc.assert(
      fc.asyncProperty(layers(bounds), precisions, (example, precision) => {
        const run = (layer: Layer): Tensor[] => passesOf(layer, example.activation);
        return expectPasses(example, precision, (numbers) => withConvolution(example, numbers, { precision, run }));
      }),
      runs,
    );
  });
});

const rows = fc
  .record({
    count: fc.integer({ min: 1, max: 9 }),
    inputs: fc.constantFrom(...counts, 70),
    outputs: fc.constantFrom(...counts, 70),
    bias: fc.boolean(),
    activation: fc.constantFrom(undefined, { ceiling: undefined }, { ceiling: 6 }),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .map(
    ({ count, inputs, ...others }): LayerCase => ({
      inputShape: [1, 1, count, inputs],
      geometry: onePixel,
      ...others,
    }),
  );

test('dense is a product with a matrix, and its gradient one with the transposed matrix', async () => {
  await fc.assert(
    fc.asyncProperty(rows, precisions, (example, precision) => {
      const run = (layer: Layer): Tensor[] => passesOf(layer, example.activation);
      return expectPasses(example, precision, (numbers) => withDense(numbers, { precision, run }));
    }),
    runs,
  );
});

async function expectPasses(
  example: LayerCase,
  precision: Precision,
  run: (numbers: LayerNumbers) => readonly Tensor[],
): Promise<void> {
  const numbers = numbersOf(example);
  const expected = expectedPasses(example, numbers);
  const tensors = run(numbers);
  expect(tensors.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => [...shape]));
  const found = await taken(tensors);
  const errors = expected.map(({ data }, i) => relativeError(found[i] as Float32Array, data, 1));
  expect(Math.max(...errors), `output and gradient are off by ${errors}`).toBeLessThanOrEqual(tolerances[precision]);
}

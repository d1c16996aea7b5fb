import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { partitionShap } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { type Game, owenValues, type Tree } from '../../oracle/games.ts';
import { expectNear, sum } from '../../support/near.ts';
import { elementwise, passing } from '../../support/scoreOfInput.ts';

const batchSize = 64;

/** F = (Σ a x)² + Σ b x: every pair of pixels has something to divide. */
function quadratic(pixels: number): { a: number[]; b: number[]; x: number[] } {
  const { normal } = random(11);
  const draw = (): number[] => Array.from({ length: pixels }, () => Math.fround(normal()));
  return { a: draw(), b: draw(), x: draw() };
}

test.each<[string, [number, number], Tree]>([
  // The longer side is halved first, rows where both are as long; the smaller half comes first.
  [
    '2 × 4',
    [2, 4],
    [
      [
        [0, 1],
        [4, 5],
      ],
      [
        [2, 3],
        [6, 7],
      ],
    ],
  ],
  [
    '3 × 3',
    [3, 3],
    [
      [0, [1, 2]],
      [
        [3, 6],
        [
          [4, 5],
          [7, 8],
        ],
      ],
    ],
  ],
])(
  'partitionShap to the last pixel of %s gives the Owen values by all orders',
  async (_name, [rows, columns], tree) => {
    const { a, b, x } = quadratic(rows * columns);
    const model = passing(rows, columns, 1);
    const weighted = (weights: number[], z: Tensor[]): Tensor =>
      z.map((value, i) => tf.mul(value, weights[i] as number)).reduce((one, other) => tf.add(one, other));
    const target = elementwise((z) => tf.add(tf.square(weighted(a, z)), weighted(b, z)));
    const game: Game = (members) => {
      const dot = (weights: number[]): number => sum(weights.map((w, i) => (members[i] ? w * (x[i] as number) : 0)));
      return dot(a) ** 2 + dot(b);
    };
    const image = { shape: [1, rows, columns, 1], data: Float32Array.from(x) };
    const { values, delta } = await partitionShap(model, image, {
      target,
      baseline: 'zero',
      evaluations: 2000,
      batchSize,
    });
    expect(values.shape).toEqual([1, rows, columns]);
    expectNear(values.data, owenValues(game, tree), 1e-4);
    expectNear(delta as Float32Array, [0], 1e-4);
    free(model);
  },
);

test.each([2, 3, 4, 7, 40])('partitionShap with %i passes adds up', async (evaluations) => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  const { delta, values, score } = await partitionShap(model, x, {
    evaluations,
    baseline: 'zero',
    target: 0,
    batchSize,
  });
  expect(values.shape).toEqual([2, 6, 7]);
  expectNear(delta as Float32Array, [0, 0], 1e-5 * Math.max(1, ...score.map(Math.abs)));
  model.dispose();
});

test('partitionShap with 2 passes spreads the whole difference evenly; 4 divide it between two halves', async () => {
  // F = 8 in the left half, 2 in the right one.
  const model = passing(2, 4, 1);
  const image = { shape: [1, 2, 4, 1], data: Float32Array.of(1, 3, 1, 0, 3, 1, 0, 1) };
  const target = elementwise((z) => z.reduce((a, b) => tf.add(a, b)));
  const options = { target, baseline: 'zero', batchSize } as const;
  const whole = await partitionShap(model, image, { ...options, evaluations: 2 });
  expectNear(whole.values.data, new Array(8).fill(10 / 8), 1e-5);
  const halves = await partitionShap(model, image, { ...options, evaluations: 4 });
  expectNear(halves.values.data, [2, 2, 0.5, 0.5, 2, 2, 0.5, 0.5], 1e-5);
  free(model);
});

test('partitionShap divides where the score is: all passes go to the pixels that count', async () => {
  const model = passing(16, 16, 1);
  const image = { shape: [1, 16, 16, 1], data: new Float32Array(256).fill(1) };
  const target = elementwise((z) => tf.add(z[3 * 16 + 5] as Tensor, tf.mul(2, z[12 * 16 + 9] as Tensor)));
  const { values } = await partitionShap(model, image, { target, baseline: 'zero', evaluations: 2000, batchSize });
  const expected = new Float32Array(256);
  expected[3 * 16 + 5] = 1;
  expected[12 * 16 + 9] = 2;
  expectNear(values.data, expected, 1e-5);
  free(model);
});

test('partitionShap does not depend on the batch size', async () => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  const run = async (size: number): Promise<Float32Array> =>
    (await partitionShap(model, x, { evaluations: 50, target: 1, batchSize: size })).values.data;
  expectNear(await run(64), await run(3), 1e-5);
  model.dispose();
});

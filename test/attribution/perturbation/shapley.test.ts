import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { exactShapley, kernelShap, shapleySampling } from '../../../src/attribution/index.ts';
import { kernelCoalitions } from '../../../src/attribution/perturbation/coalitions/kernelCoalitions.ts';
import { predict } from '../../../src/network/predict.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import type { ScoreFunction } from '../../../src/scoring/types.ts';
import { free } from '../../oracle/building.ts';
import { denseModel } from '../../oracle/denseModel.ts';
import { type Game, shapleyValues } from '../../oracle/games.ts';
import { expectNear, sum } from '../../support/near.ts';
import { elementwise, passing } from '../../support/scoreOfInput.ts';
import { examplesOf, pictureAndWords } from '../../support/severalInputs.ts';

const batchSize = 128;

const ones = (...shape: number[]): NdArray => ({
  shape: [1, ...shape],
  data: new Float32Array(shape.reduce((a, b) => a * b)).fill(1),
});

/** A sum of products, each of a weight and of some players: a game whose values are known in closed form. */
type Products = readonly (readonly [weight: number, players: readonly number[]])[];

const productsTarget = (products: Products): ScoreFunction =>
  elementwise((z) =>
    products
      .map(([weight, players]) =>
        players.reduce((product, i) => tf.mul(product, z[i] as Tensor), tf.fill((z[0] as Tensor).shape, weight)),
      )
      .reduce((a, b) => tf.add(a, b)),
  );

/** Each product is divided equally among its players: Eq. (3), Harsanyi 1963. */
const sharesOf = (products: Products, players: number): number[] =>
  Array.from({ length: players }, (_, player) =>
    sum(products.map(([weight, of]) => (of.includes(player) ? weight / of.length : 0))),
  );

/** Random products of up to four of the players. */
function randomProducts(players: number, count: number, seed: number): Products {
  const { normal, uniform, integer } = random(seed);
  return Array.from({ length: count }, () => {
    const size = 1 + integer(4);
    const order = Array.from({ length: players }, (_, i) => [uniform(), i] as const).sort(([a], [b]) => a - b);
    return [normal(), order.slice(0, size).map(([, i]) => i)] as const;
  });
}

describe('games with known values', () => {
  test.each<[string, number, ScoreFunction, number[]]>([
    [
      '2 z1 · 3 z2 + z3',
      3,
      productsTarget([
        [6, [0, 1]],
        [1, [2]],
      ]),
      [3, 3, 1],
    ],
    [
      'max(2 z1 + z2 − 1.5, 0) + 3 z1 z3 z4',
      4,
      elementwise(([a, b, c, d]) =>
        tf.add(
          tf.relu(tf.sub(tf.add(tf.mul(2, a as Tensor), b as Tensor), 1.5)),
          tf.mul(3, tf.mul(a as Tensor, tf.mul(c as Tensor, d as Tensor))),
        ),
      ),
      [2, 0.5, 1, 1],
    ],
    [
      'a player that does nothing gets nothing',
      3,
      productsTarget([
        [2, [0]],
        [1, [1]],
      ]),
      [2, 1, 0],
    ],
    [
      'players that do the same get the same',
      2,
      elementwise(([a, b]) => tf.sqrt(tf.add(a as Tensor, b as Tensor))),
      [Math.SQRT2 / 2, Math.SQRT2 / 2],
    ],
    ['a single player gets all', 1, productsTarget([[7, [0]]]), [7]],
  ])('%s', async (_name, players, target, expected) => {
    const model = passing(players);
    const x = ones(players);
    const exact = await exactShapley(model, x, { target, batchSize });
    expectNear(exact.segmentValues.data, expected, 1e-5);
    expectNear(exact.values.data, expected, 1e-5);
    const kernel = await kernelShap(model, x, { target, batchSize });
    expectNear(kernel.segmentValues.data, expected, 1e-5);
    const sampled = await shapleySampling(model, x, { target, samples: 3, batchSize });
    expect(Math.abs(sum(sampled.segmentValues.data) - sum(expected))).toBeLessThan(1e-5);
    for (const { delta } of [exact, kernel, sampled]) expectNear(delta as Float32Array, [0], 1e-5);
    free(model);
  });

  test('ten players in random products: exactShapley and kernelShap with all coalitions', async () => {
    const products = randomProducts(10, 30, 3);
    const expected = sharesOf(products, 10);
    const model = passing(10);
    const options = { target: productsTarget(products), batchSize };
    expectNear((await exactShapley(model, ones(10), options)).segmentValues.data, expected, 1e-5);
    expectNear((await kernelShap(model, ones(10), options)).segmentValues.data, expected, 1e-5);
    free(model);
  });

  test('the values of a sum of two scores are the sums of their values', async () => {
    const [a, b] = [randomProducts(6, 9, 1), randomProducts(6, 9, 2)];
    const model = passing(6);
    const valuesOf = async (products: Products): Promise<Float32Array> =>
      (await exactShapley(model, ones(6), { target: productsTarget(products), batchSize })).segmentValues.data;
    const [apart, other, together] = [await valuesOf(a), await valuesOf(b), await valuesOf([...a, ...b])];
    expectNear(
      together,
      apart.map((value, i) => value + (other[i] as number)),
      1e-5,
    );
    free(model);
  });
});

// The numbers of Captum's own tests on its network of three layers, at x = (20, 50, 30).
describe('relu of four sums, and their sum', () => {
  const layers = [
    { kernel: [0, 1, 2].map(() => [1, 1, 1, 1]), bias: [-10, 1, 1, 1], activation: 'relu' },
    { kernel: [0, 1, 2, 3].map(() => [1, 1]), bias: [-1, 1], activation: 'linear' },
  ];
  const x = { shape: [1, 3], data: Float32Array.of(20, 50, 30) };
  test.each<[object, number[]]>([
    [{}, [76.66667, 196.66667, 116.66667]],
    [{ segments: { shape: [3], data: Int32Array.of(0, 0, 1) } }, [275, 275, 115]],
    [{ baseline: { shape: [3], data: Float32Array.of(10, 20, 10) } }, [40, 120, 80]],
  ])('%o', async (options, expected) => {
    const model = denseModel(layers);
    for (const method of [kernelShap, exactShapley]) {
      const { values, score } = await method(model, x, { ...options, target: 0, batchSize });
      expectNear(values.data, expected, 1e-3);
      expectNear(score, [392], 1e-4);
    }
    model.dispose();
  });
});

test('exactShapley of the words of a question, by all orders of predictions', async () => {
  const model = pictureAndWords();
  const [image, words] = examplesOf(model, 2) as [NdArray, NdArray];
  const token = 3;
  const { segmentValues, values, score } = await exactShapley(model, [image, words], {
    input: 1,
    baseline: token,
    target: 1,
    scale: 'probability',
    batchSize,
  });
  expect(segmentValues.shape).toEqual([2, 4]);
  expect(values.data).toEqual(segmentValues.data);
  for (const example of [0, 1]) {
    const only = { shape: [1, 6, 7, 2], data: image.data.slice(example * 84, (example + 1) * 84) };
    const own = words.data.slice(example * 4, (example + 1) * 4);
    const scores = await Promise.all(
      Array.from({ length: 16 }, async (_, coalition) => {
        const data = own.map((word, i) => ((coalition >> i) & 1 ? word : token));
        const found = await predict(model, [only, { shape: [1, 4], data }], { scale: 'probability' });
        return found.values.data[1] as number;
      }),
    );
    const game: Game = (members) => scores[sum(members.map((shown, i) => Number(shown) << i))] as number;
    expectNear(segmentValues.data.slice(example * 4, (example + 1) * 4), shapleyValues(game, 4), 1e-5);
    expectNear([score[example] as number], [scores[15] as number], 1e-5);
  }
  model.dispose();
});

describe('kernelShap with fewer passes than coalitions', () => {
  const products = randomProducts(12, 40, 5);
  const expected = sharesOf(products, 12);
  const scale = Math.max(...expected.map(Math.abs));
  const run = async (samples: number, seed = 0): Promise<{ error: number; sum: number; values: Float32Array }> => {
    const model = passing(12);
    const { segmentValues } = await kernelShap(model, ones(12), {
      target: productsTarget(products),
      samples,
      seed,
      batchSize,
    });
    free(model);
    const values = segmentValues.data;
    return {
      error: Math.max(...values.map((value, i) => Math.abs(value - (expected[i] as number)))),
      sum: sum(values),
      values,
    };
  };

  test('comes near, nearer with more, and adds up all the same', async () => {
    const [few, many] = [await run(60), await run(1000)];
    expect(few.error).toBeLessThan(0.5 * scale);
    expect(many.error).toBeLessThan(0.1 * scale);
    for (const found of [few, many]) expect(Math.abs(found.sum - sum(expected))).toBeLessThan(1e-4);
  });

  test('the seed decides', async () => {
    const [one, again, other] = [await run(40, 1), await run(40, 1), await run(40, 2)];
    expect(again.values).toEqual(one.values);
    expect(other.values).not.toEqual(one.values);
  });

  test('a single pair still gives values that add up', async () => {
    const { values, sum: total } = await run(1);
    expect(Math.abs(total - sum(expected))).toBeLessThan(1e-4);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});

describe('kernelCoalitions', () => {
  const sizesOf = ({ members }: { members: Float32Array }, players: number): number[] =>
    Array.from({ length: members.length / players }, (_, row) =>
      sum(members.slice(row * players, (row + 1) * players)),
    );

  test('all coalitions of four, weighted (.25, .125, .25) by size', () => {
    const found = kernelCoalitions(4, 100, random(0));
    expect(new Set(sizesOf(found, 4))).toEqual(new Set([1, 2, 3]));
    expect(found.weights.length).toBe(14);
    const codes = Array.from({ length: 14 }, (_, row) => [...found.members.slice(4 * row, 4 * row + 4)].join(''));
    expect(new Set(codes).size).toBe(14);
    // Eq. (9), Lundberg and Lee 2017, for one coalition of each size: 1/4, 1/8, 1/4.
    const expected = sizesOf(found, 4).map((size) => (size === 2 ? 1 / 8 : 1 / 4));
    expectNear(
      found.weights,
      expected.map((weight) => weight / sum(expected)),
      1e-12,
    );
  });

  test('whole sizes from the outside in, then pairs', () => {
    const found = kernelCoalitions(9, 30, random(0));
    const sizes = sizesOf(found, 9);
    expect(sizes.slice(0, 18).every((size) => size === 1 || size === 8)).toBe(true);
    expect(sizes.length).toBe(30);
    for (let row = 18; row < 30; row += 2) {
      expect(sizes[row]).toBeGreaterThan(1);
      const pair = [row, row + 1].map((r) => found.members.slice(9 * r, 9 * r + 9));
      expect(pair[0]?.every((member, i) => member === 1 - (pair[1]?.[i] as number))).toBe(true);
    }
    // The outermost sizes have 2/8 of Σ 2/(s (9 − s)) over s = 1…4.
    const outer = sum(found.weights.slice(0, 18));
    expect(outer).toBeCloseTo(2 / 8 / (2 / 8 + 2 / 14 + 2 / 18 + 2 / 20), 10);
  });
});

test('shapleySampling: values within their standard errors, which fall with the root of the orders', async () => {
  const products = randomProducts(8, 20, 7);
  const expected = sharesOf(products, 8);
  const model = passing(8);
  const options = { target: productsTarget(products), batchSize: 512 };
  const [few, many] = [
    await shapleySampling(model, ones(8), { ...options, samples: 40 }),
    await shapleySampling(model, ones(8), { ...options, samples: 640 }),
  ];
  for (const { segmentValues, standardErrors } of [few, many]) {
    expected.forEach((value, i) => {
      const error = Math.abs((segmentValues.data[i] as number) - value);
      expect(error).toBeLessThan(4 * (standardErrors.data[i] as number) + 1e-4);
    });
  }
  const ratio = sum(few.standardErrors.data) / sum(many.standardErrors.data);
  expect(Math.abs(ratio - 4)).toBeLessThan(1);
  free(model);
});

test('shapleySampling: an order and its reverse give products of two exactly', async () => {
  const products: Products = [
    [2, [0, 1]],
    [-1, [1, 2]],
    [3, [0, 3]],
    [0.5, [2]],
  ];
  const model = passing(4);
  const { segmentValues, standardErrors } = await shapleySampling(model, ones(4), {
    target: productsTarget(products),
    samples: 2,
    batchSize,
  });
  expectNear(segmentValues.data, sharesOf(products, 4), 1e-5);
  expectNear(standardErrors.data, [0, 0, 0, 0], 1e-5);
  free(model);
});

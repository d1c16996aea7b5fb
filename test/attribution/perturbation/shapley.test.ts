import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  exactShapley,
  hsicAttribution,
  kernelShap,
  lime,
  partitionShap,
  progressive,
  rise,
  shapleySampling,
  sobolAttribution,
} from '../../../src/attribution/index.ts';
import { fitWeightedRidge } from '../../../src/attribution/perturbation/localLinearModel.ts';
import { riseMasks } from '../../../src/attribution/perturbation/riseMasks.ts';
import type { ScoreFunction } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { chain, free } from '../../oracle/building.ts';
import { fixtureModel } from '../../support/models.ts';

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) =>
    expect(Math.abs((found[i] as number) - value), `[${i}]`).toBeLessThanOrEqual(tolerance),
  );
}

/** A model whose output is its input, so that a score function of the outputs is one of x. */
const identity = (...shape: number[]): LayersModel => chain(shape, l.activation({ activation: 'linear' }));
const columns = (y: Tensor): Tensor[] => tf.unstack(y, 1);

describe('games of features with known values', () => {
  const games: readonly [string, number, (z: Tensor[]) => Tensor, number[]][] = [
    // 2 z₁ · 3 z₂ + z₃
    ['a product', 3, ([a, b, c]) => tf.add(tf.mul(6, tf.mul(a as Tensor, b as Tensor)), c as Tensor), [3, 3, 1]],
    // max(2 z₁ + z₂ − 1.5, 0) + 3 z₁ z₃ z₄
    [
      'a maximum and a product of three',
      4,
      ([a, b, c, d]) =>
        tf.add(
          tf.relu(tf.sub(tf.add(tf.mul(2, a as Tensor), b as Tensor), 1.5)),
          tf.mul(3, tf.mul(a as Tensor, tf.mul(c as Tensor, d as Tensor))),
        ),
      [2, 0.5, 1, 1],
    ],
    ['a sum, with one that does nothing', 3, ([a, b]) => tf.add(tf.mul(2, a as Tensor), b as Tensor), [2, 1, 0]],
    [
      'two that do the same',
      2,
      ([a, b]) => tf.sqrt(tf.add(a as Tensor, b as Tensor)),
      [Math.SQRT2 / 2, Math.SQRT2 / 2],
    ],
  ];
  test.each(games)('%s', async (_name, players, formula, expected) => {
    const model = identity(players);
    const x = { shape: [1, players], data: new Float32Array(players).fill(1) };
    const target: ScoreFunction = ([y]) => formula(columns(y as Tensor));
    const exact = await exactShapley(model, x, { target });
    expectNear(exact.segmentValues.data, expected, 1e-5);
    expectNear(exact.values.data, expected, 1e-5);
    const kernel = await kernelShap(model, x, { target });
    expectNear(kernel.segmentValues.data, expected, 1e-5);
    const sampled = await shapleySampling(model, x, { target, permutations: 3 });
    expect(Math.abs(sum(sampled.segmentValues.data) - sum(expected))).toBeLessThan(1e-5);
    expectNear([...(exact.delta as Float32Array), ...(kernel.delta as Float32Array)], [0, 0], 1e-5);
    free(model);
  });
});

describe('on a network', () => {
  let model: LayersModel;
  const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, (_, i) => Math.sin(i * 1.1)) };
  beforeAll(async () => {
    model = await fixtureModel('vgg-tiny');
  });
  afterAll(() => model.dispose());
  const segments = { grid: 3 };

  test('kernelShap with all coalitions equals exactShapley', async () => {
    const options = {
      segments: { shape: [16, 16], data: Int32Array.from({ length: 256 }, (_, i) => Math.floor(i / 32)) },
      baseline: 'mean',
    } as const;
    const [exact, kernel] = [await exactShapley(model, x, options), await kernelShap(model, x, options)];
    expectNear(kernel.segmentValues.data, exact.segmentValues.data, 1e-4);
  });

  test('kernelShap and shapleySampling with few passes come near, and their sums are exact', async () => {
    const options = { segments, baseline: 0.1, target: 1 } as const;
    const exact = await exactShapley(model, x, options);
    const scale = Math.max(...exact.segmentValues.data.map(Math.abs));
    const kernel = await kernelShap(model, x, { ...options, samples: 200 });
    expectNear(kernel.segmentValues.data, exact.segmentValues.data, 0.3 * scale);
    const sampled = await shapleySampling(model, x, { ...options, permutations: 60 });
    exact.segmentValues.data.forEach((value, i) => {
      const error = sampled.standardErrors.data[i] as number;
      expect(Math.abs((sampled.segmentValues.data[i] as number) - value)).toBeLessThan(5 * error + 1e-5);
    });
    expectNear([...(kernel.delta as Float32Array), ...(sampled.delta as Float32Array)], [0, 0, 0, 0], 1e-5);
  });

  test.each([2, 3, 7, 40, 200])('partitionShap with %i passes adds up', async (evaluations) => {
    const { delta, values } = await partitionShap(model, x, { evaluations, baseline: 'zero', target: 0 });
    expect(values.shape).toEqual([2, 16, 16]);
    expectNear(delta as Float32Array, [0, 0], 1e-4);
  });

  test('lime: a linear score gives its weights and a perfect fit', async () => {
    const flat = identity(4, 4, 1);
    const picture = { shape: [1, 4, 4, 1], data: Float32Array.from({ length: 16 }, (_, i) => i + 1) };
    const target: ScoreFunction = ([y]) => tf.add(tf.sum(y as Tensor, [1, 2, 3]), 5);
    const found = await lime(flat, picture, {
      target,
      segments: { grid: 2 },
      samples: 80,
      baseline: 'zero',
      ridge: 1e-6,
    });
    expectNear(found.segmentValues.data, [14, 22, 46, 54], 1e-2);
    expectNear([...found.intercept, ...found.fit, ...found.localPrediction], [5, 1, 141], 1e-2);
    // Hidden segments show their own mean, so that a sum over each loses nothing.
    const own = await lime(flat, picture, { target, segments: { grid: 2 }, samples: 20 });
    expectNear(own.segmentValues.data, [0, 0, 0, 0], 1e-3);
    free(flat);
  });

  test('hsicAttribution and sobolAttribution find the only cell that matters', async () => {
    const flat = identity(6, 6, 1);
    const picture = { shape: [1, 6, 6, 1], data: new Float32Array(36).fill(1) };
    const target: ScoreFunction = ([y]) =>
      tf.square(tf.sum(tf.slice(y as Tensor, [0, 0, 2, 0], [-1, 2, 2, 1]), [1, 2, 3]));
    const sobol = await sobolAttribution(flat, picture, { target, cells: 3, designs: 200 });
    const [, only] = sobol.segmentValues.data as unknown as [number, number];
    expect(Math.abs(only - 1)).toBeLessThan(0.15);
    expect(sum(sobol.segmentValues.data) - only).toBe(0);
    const hsic = await hsicAttribution(flat, picture, { target, cells: 3, samples: 200 });
    const values = [...hsic.segmentValues.data];
    expect(values.indexOf(Math.max(...values))).toBe(1);
    expect(Math.max(...values.filter((_, i) => i !== 1))).toBeLessThan(0.1 * (values[1] as number));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1e-9);
    free(flat);
  });

  test('sobolAttribution of an additive score: the shares of the variance (2² : 1² : 3²)', async () => {
    const flat = identity(1, 3, 1);
    const picture = { shape: [1, 1, 3, 1], data: Float32Array.of(2, 1, 3) };
    const target: ScoreFunction = ([y]) => tf.sum(y as Tensor, [1, 2, 3]);
    const { segmentValues } = await sobolAttribution(flat, picture, {
      target,
      cells: 3,
      designs: 2000,
      batchSize: 500,
    });
    expectNear(segmentValues.data, [4 / 14, 1 / 14, 9 / 14], 0.03);
    free(flat);
  });

  test('rise: a constant score gives it everywhere, as far as masks are half open', async () => {
    const target: ScoreFunction = ([y]) => tf.mul(tf.onesLike(tf.sum(y as Tensor, 1)), 3);
    const { values } = await rise(model, x, { target, samples: 600, cells: 4, batchSize: 100 });
    values.data.forEach((value) => expect(Math.abs(value - 3)).toBeLessThan(3 * 4 * Math.sqrt(1 / 600)));
  });

  test('rise: where only one corner counts, it is highest there', async () => {
    const flat = identity(12, 12, 1);
    const picture = { shape: [1, 12, 12, 1], data: new Float32Array(144).fill(1) };
    const target: ScoreFunction = ([y]) => tf.mean(tf.slice(y as Tensor, [0, 0, 0, 0], [-1, 4, 4, 1]), [1, 2, 3]);
    const { values } = await rise(flat, picture, { target, samples: 400, cells: 3, batchSize: 100 });
    const inside = values.data.filter((_, i) => Math.floor(i / 12) < 4 && i % 12 < 4);
    const outside = values.data.filter((_, i) => Math.floor(i / 12) >= 8 || i % 12 >= 8);
    expect(Math.min(...inside)).toBeGreaterThan(Math.max(...outside));
    free(flat);
  });

  test('progressive(rise) ends in what rise gives', async () => {
    const options = { samples: 12, cells: 3, batchSize: 4 };
    const whole = await rise(model, x, options);
    const seen = [];
    for await (const { values } of progressive(rise)(model, x, options)) seen.push(values.data);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual(whole.values.data);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['no segments', () => exactShapley(model, x, {}), '"segments" expected a division of the image, got undefined'],
    [
      'too many segments',
      () => exactShapley(model, x, { segments: { grid: 5 } }),
      '"segments" expected at most 16, got 25',
    ],
    [
      'segments with a gap',
      () => kernelShap(model, x, { segments: { shape: [16, 16], data: new Int32Array(256).fill(1) } }),
      '"segments" expected every label from 0 to 1, none is 0',
    ],
    [
      'no samples',
      () => kernelShap(model, x, { segments, samples: 0 }),
      '"samples" expected an integer of at least 1, got 0',
    ],
    ['no orders', () => shapleySampling(model, x, { segments, permutations: 0 }), '"permutations" expected'],
    [
      'a single pass',
      () => partitionShap(model, x, { evaluations: 1 }),
      '"evaluations" expected an integer of at least 2',
    ],
    ['a single sample', () => lime(model, x, { samples: 1 }), '"samples" expected an integer of at least 2, got 1'],
    ['no masks', () => rise(model, x, { samples: 0 }), '"samples" expected an integer of at least 1, got 0'],
    ['no chance', () => rise(model, x, { probability: 0 }), '"probability" expected'],
    [
      'certainty and more',
      () => rise(model, x, { probability: 1.5 }),
      '"probability" expected a number in 0..1, got 1.5',
    ],
    ['one design', () => sobolAttribution(model, x, { designs: 1 }), '"designs" expected an integer of at least 2'],
    ['no cells', () => hsicAttribution(model, x, { cells: 0 }), '"cells" expected an integer of at least 1, got 0'],
    ['another input', () => rise(model, x, { input: 1 }), '"input" expected an integer in 0..0, got 1'],
    [
      'a baseline of another shape',
      () => exactShapley(model, x, { segments: { grid: 2 }, baseline: { shape: [3], data: new Float32Array(3) } }),
      '"baseline" expected shape [2, 16, 16, 3]',
    ],
  ])('%s is refused', async (_name, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});

test('riseMasks: bilinear cells by hand, shifted, and half open on average', async () => {
  const masking = { plane: [9, 12] as const, cells: 3, probability: 0.5, stream: [4, 0] as const };
  const masks = tf.tidy(() => riseMasks(masking, 0, 500));
  const data = (await masks.data()) as Float32Array;
  masks.dispose();
  expectNear(
    Array.from({ length: 108 }, (_, i) => data.filter((__, at) => at % 108 === i).reduce((a, b) => a + b, 0) / 500),
    new Array(108).fill(0.5),
    4 * Math.sqrt(0.25 / 500),
  );
  // The first mask again, by the definition.
  const source = random(4, 0, 0);
  const grid = Array.from({ length: 9 }, () => Number(source.uniform() < 0.5));
  const [down, right] = [source.integer(3), source.integer(4)];
  const at = (row: number, column: number): number => {
    const along = (position: number, length: number): [number, number, number] => {
      const centre = Math.min(Math.max(((position + 0.5) * 3) / length - 0.5, 0), 2);
      const first = Math.floor(centre);
      return [first, Math.min(first + 1, 2), centre - first];
    };
    const [r0, r1, rs] = along(row + down, 12);
    const [c0, c1, cs] = along(column + right, 16);
    const cell = (r: number, c: number): number => grid[r * 3 + c] as number;
    return (
      (1 - rs) * ((1 - cs) * cell(r0, c0) + cs * cell(r0, c1)) + rs * ((1 - cs) * cell(r1, c0) + cs * cell(r1, c1))
    );
  };
  expectNear(
    data.slice(0, 108),
    Array.from({ length: 108 }, (_, i) => at(Math.floor(i / 12), i % 12)),
    1e-5,
  );
});

test('fitWeightedRidge: closed form of one column', () => {
  // y = 1, 3, 4 at x = 0, 1, 2 with weights 1, 2, 1: slope cov/(var + λ) about weighted means 1 and 11/4.
  const fit = fitWeightedRidge(
    { matrix: Float64Array.of(0, 1, 2), values: Float64Array.of(1, 3, 4), weights: Float64Array.of(1, 2, 1) },
    1,
  );
  expectNear(fit.coefficients, [3 / 3], 1e-12);
  expect(fit.intercept).toBeCloseTo(11 / 4 - 1, 12);
});

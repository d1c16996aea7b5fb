import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { progressive, rise } from '../../../src/attribution/index.ts';
import { riseMasks } from '../../../src/attribution/perturbation/randomMasks/riseMasks.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { expectNear, sum } from '../../support/near.ts';
import { elementwise, passing } from '../../support/scoreOfInput.ts';

const batchSize = 100;

interface Masking {
  readonly lengths: readonly [number, number];
  readonly cells: number;
  readonly probability: number;
  readonly stream: readonly [number, number];
}

/** Mask `k` by its definition: cells resized to one cell more than the plane, and a crop of that. */
function maskByHand({ lengths: [rows, columns], cells, probability, stream }: Masking, k: number): number[] {
  const { uniform, integer } = random(...stream, k);
  const grid = Array.from({ length: cells * cells }, () => Number(uniform() < probability));
  const [tall, wide] = [Math.ceil(rows / cells), Math.ceil(columns / cells)];
  const [down, right] = [integer(tall), integer(wide)];
  const along = (position: number, cell: number): [number, number, number] => {
    const centre = Math.min(Math.max((position + 0.5) * (cells / ((cells + 1) * cell)) - 0.5, 0), cells - 1);
    return [Math.floor(centre), Math.min(Math.floor(centre) + 1, cells - 1), centre % 1];
  };
  return Array.from({ length: rows * columns }, (_, i) => {
    const [r0, r1, r] = along(Math.floor(i / columns) + down, tall);
    const [c0, c1, c] = along((i % columns) + right, wide);
    const cell = (row: number, column: number): number => grid[row * cells + column] as number;
    return (1 - r) * ((1 - c) * cell(r0, c0) + c * cell(r0, c1)) + r * ((1 - c) * cell(r1, c0) + c * cell(r1, c1));
  });
}

async function masksOf(masking: Masking, count: number): Promise<Float32Array> {
  const masks = tf.tidy(() => riseMasks(masking, 0, count));
  const data = (await masks.data()) as Float32Array;
  masks.dispose();
  return data;
}

describe('riseMasks', () => {
  test.each<Masking>([
    { lengths: [9, 12], cells: 3, probability: 0.5, stream: [4, 0] },
    { lengths: [10, 7], cells: 4, probability: 0.2, stream: [1, 3] },
    { lengths: [5, 5], cells: 1, probability: 0.5, stream: [0, 0] },
    { lengths: [3, 4], cells: 6, probability: 0.7, stream: [0, 1] },
  ])('%o', async (masking) => {
    const data = await masksOf(masking, 3);
    expectNear(
      data,
      [0, 1, 2].flatMap((k) => maskByHand(masking, k)),
      1e-5,
    );
  });

  test.each([0.1, 0.5])('the mean mask is %d everywhere', async (probability) => {
    const count = 4000;
    const data = await masksOf({ lengths: [9, 12], cells: 3, probability, stream: [2, 0] }, count);
    const means = Array.from({ length: 108 }, (_, i) => sum(data.filter((__, at) => at % 108 === i)) / count);
    expectNear(means, new Array(108).fill(probability), 4 * Math.sqrt((probability * (1 - probability)) / count));
  });
});

describe('of a score that is a weighted sum', () => {
  const [rows, columns, samples] = [6, 5, 40];
  const { normal } = random(9);
  const weights = Array.from({ length: 30 }, () => Math.fround(normal()));
  const x = { shape: [2, rows, columns, 1], data: Float32Array.from({ length: 60 }, normal) };
  const target = elementwise((z) =>
    z.map((value, i) => tf.mul(value, weights[i] as number)).reduce((a, b) => tf.add(a, b)),
  );
  const sampled = (example: number): { scores: number[]; masks: number[][] } => {
    const masking = { lengths: [rows, columns], cells: 3, probability: 0.4, stream: [6, example] } as const;
    const masks = Array.from({ length: samples }, (_, k) => maskByHand(masking, k));
    const scores = masks.map((mask) =>
      sum(mask.map((m, i) => m * (weights[i] as number) * (x.data[30 * example + i] as number))),
    );
    return { scores, masks };
  };
  const options = { target, samples, cells: 3, probability: 0.4, seed: 6 };

  test('rise is Σ F m / (N p)', async () => {
    const model = passing(rows, columns, 1);
    const { values, score } = await rise(model, x, { ...options, batchSize: 7 });
    expect(values.shape).toEqual([2, rows, columns]);
    for (const example of [0, 1]) {
      const { scores, masks } = sampled(example);
      const expected = Array.from(
        { length: 30 },
        (_, i) => sum(masks.map((mask, k) => (scores[k] as number) * (mask[i] as number))) / (samples * 0.4),
      );
      expectNear(values.data.slice(30 * example, 30 * example + 30), expected, 1e-4);
      const own = weights.map((weight, i) => weight * (x.data[30 * example + i] as number));
      expectNear([score[example] as number], [sum(own)], 1e-4);
    }
    free(model);
  });

  test('debiased: cov(F, m) / var(m)', async () => {
    const model = passing(rows, columns, 1);
    const { values } = await rise(model, x, { ...options, debiased: true, batchSize: 7 });
    for (const example of [0, 1]) {
      const { scores, masks } = sampled(example);
      const mean = sum(scores) / samples;
      const expected = Array.from({ length: 30 }, (_, i) => {
        const centre = sum(masks.map((mask) => mask[i] as number)) / samples;
        const [covariance, variance] = [
          (k: number) => (scores[k] as number) - mean,
          (k: number) => (masks[k]?.[i] as number) - centre,
        ].map((other) => sum(masks.map((mask, k) => other(k) * ((mask[i] as number) - centre)))) as [number, number];
        return covariance / variance;
      });
      expectNear(values.data.slice(30 * example, 30 * example + 30), expected, 1e-3);
    }
    free(model);
  });
});

describe('of a constant score of 3', () => {
  const target = elementwise((z) => tf.add(tf.mul(z[0] as Tensor, 0), 3));
  const x = { shape: [1, 8, 8, 1], data: new Float32Array(64).fill(1) };
  const run = async (options: object): Promise<Float32Array> => {
    const model = passing(8, 8, 1);
    const { values } = await rise(model, x, { target, samples: 1000, cells: 4, batchSize, ...options });
    free(model);
    return values.data;
  };

  test('rise has it everywhere, as far as masks are half open', async () => {
    expectNear(await run({}), new Array(64).fill(3), 3 * 4 * Math.sqrt(1 / 1000));
  });

  test('debiased rise is zero', async () => {
    expectNear(await run({ debiased: true }), new Array(64).fill(0), 1e-4);
  });

  test('masks that are all open leave nothing to compare', async () => {
    expectNear(await run({ samples: 5, probability: 1 }), new Array(64).fill(3), 1e-5);
    expectNear(await run({ samples: 5, probability: 1, debiased: true }), new Array(64).fill(0), 0);
  });
});

test('rise is highest where the score comes from', async () => {
  const model = passing(12, 12, 1);
  const x = { shape: [1, 12, 12, 1], data: new Float32Array(144).fill(1) };
  const isInside = (i: number): boolean => Math.floor(i / 12) < 4 && i % 12 < 4;
  const target = elementwise((z) => z.filter((_, i) => isInside(i)).reduce((a, b) => tf.add(a, b)));
  const { values } = await rise(model, x, { target, samples: 400, cells: 3, batchSize });
  const inside = values.data.filter((_, i) => isInside(i));
  const outside = values.data.filter((_, i) => Math.floor(i / 12) >= 8 || i % 12 >= 8);
  expect(Math.min(...inside)).toBeGreaterThan(Math.max(...outside));
  free(model);
});

test('the seed decides, and the baseline is behind the masks', async () => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  const run = async (options: object): Promise<Float32Array> =>
    (await rise(model, x, { samples: 8, cells: 2, batchSize, target: 1, ...options })).values.data;
  const one = await run({ seed: 1 });
  expect(await run({ seed: 1 })).toEqual(one);
  expect(await run({ seed: 2 })).not.toEqual(one);
  // Behind the masks is the picture itself: every score is that of x.
  const same = await run({ baseline: x, samples: 400 });
  const { score } = await rise(model, x, { samples: 1, target: 1 });
  expectNear(same.slice(0, 42), new Array(42).fill(score[0]), 4 * (score[0] as number) * Math.sqrt(1 / 400));
  model.dispose();
});

test('progressive(rise) grows into what rise gives', async () => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  const options = { samples: 12, cells: 3, batchSize: 4 };
  const whole = await rise(model, x, options);
  const seen = [];
  for await (const { values } of progressive(rise)(model, x, options)) seen.push(values.data);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toEqual(whole.values.data);
  expect(seen[0]).not.toEqual(whole.values.data);
  model.dispose();
});

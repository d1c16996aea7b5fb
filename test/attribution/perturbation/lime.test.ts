import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { lime } from '../../../src/attribution/index.ts';
import { predict } from '../../../src/network/predict.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { ridgeWithIntercept } from '../../oracle/ridge.ts';
import { linearModel } from '../../support/linearModel.ts';
import { expectNear, sum } from '../../support/near.ts';
import { elementwise, passing } from '../../support/scoreOfInput.ts';

const batchSize = 64;

// Six segments of a picture of 6 × 7.
const labels = {
  shape: [6, 7],
  data: Int32Array.from({ length: 42 }, (_, i) => Math.floor(i / 14) + 3 * Number(i % 7 > 2)),
};

test('lime: the algorithm of the authors, step by step', async () => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  const samples = 30;
  const found = await lime(model, x, { segments: labels, samples, target: [2, 0], seed: 5, batchSize });
  for (const example of [0, 1]) {
    const image = x.data.slice(example * 84, (example + 1) * 84);
    const coalitions = Array.from({ length: samples }, (_, sample) => {
      const { uniform } = random(5, example, sample);
      return Array.from({ length: 6 }, () => (sample === 0 ? 1 : Number(uniform() < 0.5)));
    });
    const rows = coalitions.flatMap((shown) => [...withMeans(image, shown)]);
    const { values } = await predict(
      model,
      { shape: [samples, 6, 7, 2], data: Float32Array.from(rows) },
      { scale: 'probability', batchSize },
    );
    const scores = Array.from(
      { length: samples },
      (_, row) => values.data[row * 4 + (example === 0 ? 2 : 0)] as number,
    );
    const weights = coalitions.map((shown) => {
      const distance = 1 - sum(shown) / (Math.sqrt(sum(shown)) * Math.sqrt(6) || 1);
      return Math.sqrt(Math.exp(-(distance ** 2) / 0.25 ** 2));
    });
    const [intercept, ...expected] = ridgeWithIntercept(coalitions, scores, { weights, ridge: 1 }) as [
      number,
      ...number[],
    ];
    expectNear(found.segmentValues.data.slice(6 * example, 6 * example + 6), expected, 1e-5);
    expectNear([found.intercept[example] as number], [intercept], 1e-5);
    const predictions = coalitions.map((shown) => intercept + sum(shown.map((z, i) => z * (expected[i] as number))));
    expectNear([found.localPrediction[example] as number], [predictions[0] as number], 1e-5);
    const mean = sum(scores.map((score, i) => score * (weights[i] as number))) / sum(weights);
    const squares = (centre: (i: number) => number): number =>
      sum(scores.map((score, i) => (weights[i] as number) * (score - centre(i)) ** 2));
    const r2 = 1 - squares((i) => predictions[i] as number) / squares(() => mean);
    expectNear([found.fit[example] as number], [r2], 1e-3);
    expectNear(
      found.values.data.slice(42 * example, 42 * example + 42),
      Array.from(labels.data, (label) => expected[label] as number),
      1e-5,
    );
  }
  model.dispose();
});

/** A picture whose hidden segments have their own mean colour. */
function withMeans(image: Float32Array, shown: readonly number[]): Float32Array {
  return image.map((value, i) => {
    const segment = labels.data[Math.floor(i / 2)] as number;
    if (shown[segment]) return value;
    const own = image.filter((_, at) => labels.data[Math.floor(at / 2)] === segment && at % 2 === i % 2);
    return sum(own) / own.length;
  });
}

test('lime of a sum over segments: their contributions, a perfect fit, and the score at x', async () => {
  const model = passing(4, 4, 1);
  const picture = { shape: [1, 4, 4, 1], data: Float32Array.from({ length: 16 }, (_, i) => i + 1) };
  const target = elementwise((z) =>
    tf.add(
      z.reduce((a, b) => tf.add(a, b)),
      5,
    ),
  );
  const options = { target, segments: { grid: 2 }, batchSize };
  const found = await lime(model, picture, { ...options, samples: 80, baseline: 'zero', ridge: 0 });
  expectNear(found.segmentValues.data, [14, 22, 46, 54], 1e-3);
  expectNear([...found.intercept, ...found.fit, ...found.localPrediction, ...found.score], [5, 1, 141, 141], 1e-3);
  // Segments that hide behind their own mean take nothing from the sum.
  const own = await lime(model, picture, { ...options, samples: 20 });
  expectNear(own.segmentValues.data, [0, 0, 0, 0], 1e-4);
  free(model);
});

test('lime: a penalty makes weights smaller', async () => {
  const model = passing(4, 4, 1);
  const picture = { shape: [1, 4, 4, 1], data: new Float32Array(16).fill(1) };
  const target = elementwise((z) => z.reduce((a, b) => tf.add(a, b)));
  const weights = async (ridge: number): Promise<number> => {
    const options = { target, segments: { grid: 2 }, samples: 40, baseline: 'zero', batchSize } as const;
    return sum((await lime(model, picture, { ...options, ridge })).segmentValues.data);
  };
  const [none, some, much] = [await weights(0), await weights(1), await weights(100)];
  expect(none).toBeCloseTo(16, 3);
  expect(some).toBeLessThan(none);
  expect(much).toBeLessThan(some / 2);
  free(model);
});

test('lime of a model with one linear output explains that', async () => {
  const weights = Float32Array.from({ length: 42 * 2 }, (_, i) => Math.cos(i));
  const model = linearModel([6, 7, 2], weights, 1);
  const x = { shape: [1, 6, 7, 2], data: Float32Array.from({ length: 84 }, (_, i) => Math.sin(i)) };
  const { segmentValues, score } = await lime(model, x, {
    segments: labels,
    baseline: 'zero',
    ridge: 0,
    samples: 100,
    batchSize,
  });
  const products = Array.from(weights, (weight, i) => weight * (x.data[i] as number));
  const expected = [0, 1, 2, 3, 4, 5].map((segment) =>
    sum(products.filter((_, i) => labels.data[Math.floor(i / 2)] === segment)),
  );
  expectNear(segmentValues.data, expected, 1e-4);
  expectNear(score, [1 + sum(products)], 1e-4);
  model.dispose();
});

test('lime finds segments of its own, as many as each example has', async () => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  const { segmentValues, values } = await lime(model, x, { segments: { quickshift: 3 }, samples: 6, batchSize });
  const counts = [0, 1].map((i) => new Set(values.data.slice(42 * i, 42 * i + 42)).size);
  expect(segmentValues.shape[1]).toBeGreaterThanOrEqual(Math.max(...counts));
  expect(values.shape).toEqual([2, 6, 7]);
  model.dispose();
});

test.each([28, 32])('lime of a small picture of %d × %d has dozens of segments by default', async (side) => {
  // A curved stroke on an empty ground.
  const data = Float32Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / side), i % side];
    return row < 4 || row > 23 ? 0 : Math.exp(-((column - 14 - 5 * Math.sin(row / 4)) ** 2) / 3);
  });
  const model = linearModel([side, side, 1], data);
  const { segmentValues } = await lime(model, { shape: [1, side, side, 1], data }, { samples: 2, batchSize });
  expect(segmentValues.data.length).toBeGreaterThan(24);
  expect(segmentValues.data.length).toBeLessThan(100);
  model.dispose();
});

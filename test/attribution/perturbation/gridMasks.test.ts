import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { hsicAttribution, sobolAttribution } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random, shuffled } from '../../../src/numeric/random.ts';
import type { ScoreFunction } from '../../../src/scoring/types.ts';
import { free } from '../../oracle/building.ts';
import { expectNear, sum } from '../../support/near.ts';
import { elementwise, passing } from '../../support/scoreOfInput.ts';

const batchSize = 1024;

/** A picture of one row of ones: with a zero baseline each pixel is what the mask says. */
const line = (pixels: number): NdArray => ({ shape: [1, 1, pixels, 1], data: new Float32Array(pixels).fill(1) });

describe('sobolAttribution: total indices in closed form', () => {
  const gFunction = (a: number[]): ScoreFunction =>
    elementwise((z) =>
      z
        .map((value, i) => tf.div(tf.add(tf.abs(tf.sub(tf.mul(value, 4), 2)), a[i] as number), 1 + (a[i] as number)))
        .reduce((one, other) => tf.mul(one, other)),
    );
  // Saltelli et al. 2010: V_i = 1 / (3 (1 + a_i)²), the variance Π (1 + V_i) − 1, total V_i Π_{j ≠ i} (1 + V_j).
  const gIndices = (a: number[]): number[] => {
    const parts = a.map((value) => 1 / (3 * (1 + value) ** 2));
    const all = parts.reduce((product, part) => product * (1 + part), 1);
    return parts.map((part) => ((part / (1 + part)) * all) / (all - 1));
  };
  const ishigami = elementwise(([a, b, c]) => {
    const [x, y, z] = [a, b, c].map((value) => tf.mul(tf.sub(tf.mul(value as Tensor, 2), 1), Math.PI)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const bend = tf.mul(tf.mul(tf.square(tf.square(z)), 0.1), tf.sin(x));
    return tf.add(tf.add(tf.sin(x), tf.mul(tf.square(tf.sin(y)), 7)), bend);
  });

  test.each<[string, number, ScoreFunction, number[]]>([
    [
      'a sum 2 z1 + z2 + 3 z3',
      3,
      elementwise(([a, b, c]) => tf.add(tf.mul(a as Tensor, 2), tf.add(b as Tensor, tf.mul(c as Tensor, 3)))),
      [4 / 14, 1 / 14, 9 / 14],
    ],
    ["Sobol's g", 3, gFunction([0, 1, 4.5]), gIndices([0, 1, 4.5])],
    // Ishigami and Homma 1990 with a = 7, b = 0.1.
    ['Ishigami', 3, ishigami, [0.5576, 0.4424, 0.2437]],
  ])('%s', async (_name, cells, target, expected) => {
    const model = passing(1, cells, 1);
    const { segmentValues, values } = await sobolAttribution(model, line(cells), {
      target,
      cells,
      samples: 1024,
      batchSize,
    });
    expectNear(segmentValues.data, expected, 0.03);
    expect(values.data).toEqual(segmentValues.data);
    free(model);
  });

  test('a cell that does nothing has 0, a constant score 0 everywhere', async () => {
    const model = passing(1, 3, 1);
    const target = elementwise(([a, b]) => tf.mul(a as Tensor, b as Tensor));
    const { segmentValues } = await sobolAttribution(model, line(3), { target, cells: 3, samples: 16, batchSize });
    expect(segmentValues.data[2]).toBe(0);
    expect(Math.min(segmentValues.data[0] as number, segmentValues.data[1] as number)).toBeGreaterThan(0.3);
    const constant = elementwise(([a]) => tf.add(tf.mul(a as Tensor, 0), 2));
    const none = await sobolAttribution(model, line(3), { target: constant, cells: 3, samples: 4, batchSize });
    expect([...none.segmentValues.data]).toEqual([0, 0, 0]);
    free(model);
  });
});

describe('hsicAttribution', () => {
  test('a score that is one cell: the criterion in closed form', async () => {
    const model = passing(1, 3, 1);
    const samples = 100;
    const target = elementwise((z) => z[1] as Tensor);
    const { segmentValues } = await hsicAttribution(model, line(3), { target, cells: 3, samples, batchSize });
    // Scores differ by 1 in most pairs, so that the width is 1: L = e^-½ + (1 − e^-½) [same].
    const expected = ((1 - Math.exp(-0.5)) / 2) * (samples ** 2 / (2 * (samples - 1) ** 2));
    expect(segmentValues.data[1]).toBeCloseTo(expected, 5);
    for (const other of [0, 2]) expect(segmentValues.data[other]).toBeLessThan(0.1 * expected);
    free(model);
  });

  test('tr(K H L H) / (N − 1)² with whole matrices', async () => {
    const model = passing(2, 2, 1);
    const x = { shape: [1, 2, 2, 1], data: Float32Array.of(1, 2, -1, 0.5) };
    const samples = 15;
    const target = elementwise(([a, b, c, d]) =>
      tf.add(tf.mul(a as Tensor, tf.exp(b as Tensor)), tf.mul(c as Tensor, d as Tensor)),
    );
    const { segmentValues } = await hsicAttribution(model, x, { target, cells: 2, samples, seed: 3, batchSize });
    const { integer } = random(3, 0);
    const masks = Array.from({ length: 4 }, () =>
      [...shuffled(samples, integer)].map((rank) => Number(2 * rank < samples)),
    );
    const scores = Array.from({ length: samples }, (_, k) => {
      const [a, b, c, d] = masks.map((mask, i) => (mask[k] as number) * (x.data[i] as number)) as [
        number,
        number,
        number,
        number,
      ];
      return a * Math.exp(b) + c * d;
    });
    const pairs = scores.flatMap((s, i) => scores.slice(i + 1).map((t) => Math.abs(s - t))).sort((s, t) => s - t);
    const width = pairs[(pairs.length - 1) / 2] as number;
    const matrix = (at: (i: number, j: number) => number): number[][] =>
      Array.from({ length: samples }, (_, i) => Array.from({ length: samples }, (__, j) => at(i, j)));
    const product = (p: number[][], q: number[][]): number[][] =>
      matrix((i, j) => sum(p.map((_, k) => (p[i]?.[k] as number) * (q[k]?.[j] as number))));
    const h = matrix((i, j) => Number(i === j) - 1 / samples);
    const l = matrix((i, j) => Math.exp(-(((scores[i] as number) - (scores[j] as number)) ** 2) / (2 * width ** 2)));
    const expected = masks.map((mask) => {
      const k = matrix((i, j) => 0.5 - ((mask[i] as number) - (mask[j] as number)) ** 2);
      const all = product(product(k, h), product(l, h));
      return sum(all.map((row, i) => row[i] as number)) / (samples - 1) ** 2;
    });
    expectNear(segmentValues.data, expected, 1e-5);
    free(model);
  });

  test('nearly 0 for cells that say nothing by themselves', async () => {
    // A product of two cells in −1 … 1: whatever one of them is, both scores are as likely.
    const model = passing(1, 4, 1);
    const target = elementwise(([a, b]) =>
      tf.mul(tf.sub(tf.mul(a as Tensor, 2), 1), tf.sub(tf.mul(b as Tensor, 2), 1)),
    );
    const { segmentValues } = await hsicAttribution(model, line(4), { target, cells: 4, samples: 400, batchSize });
    for (const value of segmentValues.data) expect(value).toBeLessThan(0.01);
    free(model);
  });
});

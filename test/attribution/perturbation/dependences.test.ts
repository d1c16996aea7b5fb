import { Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { dependences } from '../../../src/attribution/perturbation/randomMasks/hsicAttribution.ts';
import { random, shuffled } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { medianDistance } from '../../../src/numeric/statistics.ts';

const { normal, integer } = random(5);
const masksOf = (cells: number, samples: number): Int32Array[] =>
  Array.from({ length: cells }, () => shuffled(samples, integer).map((rank) => Number(2 * rank < samples)));

test.each([2, 3, 30])('dependences() of %i samples is the trace of K H L H', (samples) => {
  const masks = masksOf(4, samples + 2);
  const scores = Float64Array.from({ length: samples }, (_, i) => normal() + 2 * (masks[1]?.[i] ?? 0));
  const found = atOnce(dependences(masks, scores));
  const width = medianDistance(scores);
  const kernel = (of: (i: number, j: number) => number): Matrix =>
    new Matrix(Array.from({ length: samples }, (_, i) => Array.from({ length: samples }, (__, j) => of(i, j))));
  const centring = kernel((i, j) => Number(i === j) - 1 / samples);
  const gaussian = kernel((i, j) => Math.exp(-(((scores[i] ?? 0) - (scores[j] ?? 0)) ** 2) / (2 * width ** 2)));
  masks.forEach((shown, cell) => {
    const own = kernel((i, j) => 0.5 - ((shown[i] ?? 0) - (shown[j] ?? 0)) ** 2);
    const trace = own.mmul(centring).mmul(gaussian).mmul(centring).trace();
    expect(found[cell]).toBeCloseTo(trace / (samples - 1) ** 2, 12);
  });
});

test('scores that are all the same depend on nothing, and scores that are no numbers give none', () => {
  const masks = masksOf(2, 8);
  expect(Math.max(...atOnce(dependences(masks, new Float64Array(8).fill(3))).map(Math.abs))).toBeLessThan(1e-14);
  expect([...atOnce(dependences(masks, new Float64Array(8).fill(Number.NaN)))]).toEqual([Number.NaN, Number.NaN]);
});

test('a step of dependences() takes a row of the kernel, not all of it', () => {
  const steps = [...dependences(masksOf(9, 500), Float64Array.from({ length: 500 }, normal))];
  expect(steps).toHaveLength(501);
  expect(Math.max(...steps)).toBeLessThanOrEqual(256 * 500);
});

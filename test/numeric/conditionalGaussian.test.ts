import { expect, test } from 'vitest';
import { conditionalGaussian } from '../../src/numeric/conditionalGaussian.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';

const square = (values: readonly number[]): NdArray<Float64Array> => {
  const side = Math.sqrt(values.length);
  return { shape: [side, side], data: Float64Array.from(values) };
};
const gaussian = { mean: Float64Array.of(1, 2, 3), covariance: square([2, 0.6, 0.3, 0.6, 1, 0.4, 0.3, 0.4, 1.5]) };

function expectClose(found: ArrayLike<number>, expected: readonly number[], digits = 6): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));
}

test('conditionalGaussian(…, [2]): the mean and covariance of the other two', () => {
  const { mean, covariance } = conditionalGaussian(gaussian, [2]);
  expectClose(mean([4]), [1.2, 2.266667]);
  expectClose(covariance.data, [1.94, 0.52, 0.52, 0.893333]);
});

test('what is known can lie anywhere, and be all but one', () => {
  const { mean, covariance } = conditionalGaussian(gaussian, [0, 2]);
  // Σcc⁻¹ = [[1.5, −0.3], [−0.3, 2]] / 2.91.
  const weights = [(0.6 * 1.5 - 0.4 * 0.3) / 2.91, (-0.6 * 0.3 + 0.4 * 2) / 2.91] as const;
  expectClose(mean([0, 5]), [2 - weights[0] + 2 * weights[1]]);
  expectClose(covariance.data, [1 - 0.6 * weights[0] - 0.4 * weights[1]]);
});

test('with nothing known the distribution stays', () => {
  const { mean, covariance } = conditionalGaussian(gaussian, []);
  expectClose(mean([]), [1, 2, 3]);
  expectClose(covariance.data, [...gaussian.covariance.data]);
});

test('sample(known, random) has the conditional moments', () => {
  const { sample } = conditionalGaussian(gaussian, [2]);
  const source = random(5);
  const draws = Array.from({ length: 40_000 }, () => sample([4], source));
  const mean = (at: (draw: Float64Array) => number): number =>
    draws.reduce((sum, draw) => sum + at(draw), 0) / draws.length;
  const [first, second] = [0, 1].map((i) => mean((draw) => draw[i] as number)) as [number, number];
  expectClose([first, second], [1.2, 2.266667], 1);
  expect(Math.abs(first - 1.2)).toBeLessThan(0.04);
  const moment = (i: number, j: number): number =>
    mean((draw) => ((draw[i] as number) - [first, second][i]!) * ((draw[j] as number) - [first, second][j]!));
  expect(Math.abs(moment(0, 0) - 1.94)).toBeLessThan(0.06);
  expect(Math.abs(moment(0, 1) - 0.52)).toBeLessThan(0.04);
  expect(Math.abs(moment(1, 1) - 0.893333)).toBeLessThan(0.03);
});

test('elements that decide each other are drawn as they must be', () => {
  // The second is twice the first, the third is constant: the covariance has rank one.
  const rankOne = { mean: Float64Array.of(0, 0, 7), covariance: square([1, 2, 0, 2, 4, 0, 0, 0, 0]) };
  const { sample } = conditionalGaussian(rankOne, [0]);
  expectClose(sample([3], random(1)), [6, 7], 3);
});

test('a distribution without any variance is its mean', () => {
  const still = { mean: Float64Array.of(4, 5), covariance: square([0, 0, 0, 0]) };
  expectClose(conditionalGaussian(still, [1]).sample([9], random(1)), [4], 3);
});

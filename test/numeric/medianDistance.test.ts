import { median } from 'd3-array';
import { expect, test } from 'vitest';
import { random } from '../../src/numeric/random.ts';
import { medianDistance } from '../../src/numeric/statistics.ts';

const { normal, integer } = random(1);

test.each([
  ['two', [3, -1]],
  ['an even number of pairs', [0, 1, 5, 12]],
  ['many', Array.from({ length: 41 }, normal)],
  ['many that are near and far', Array.from({ length: 40 }, (_, i) => normal() * 10 ** (i - 20))],
  ['some that are equal', Array.from({ length: 30 }, () => integer(4))],
  ['all equal', [2, 2, 2]],
  ['two that differ by the least there is', [0, Number.MIN_VALUE]],
])('medianDistance() of %s is the median of a list of them', (_, values) => {
  const distances = values.flatMap((a, i) => values.slice(i + 1).map((b) => Math.abs(a - b)));
  expect(medianDistance(Float64Array.from(values))).toBe(median(distances));
});

test('medianDistance() without pairs, or of what is no number, is NaN', () => {
  expect(medianDistance(Float64Array.of(1))).toBeNaN();
  expect(medianDistance(new Float64Array(0))).toBeNaN();
  expect(medianDistance(Float64Array.of(1, Number.NaN, 2))).toBeNaN();
});

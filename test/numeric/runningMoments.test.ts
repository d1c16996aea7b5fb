import { expect, test } from 'vitest';
import { runningMoments } from '../../src/numeric/running.ts';

test('runningMoments(length) gives the mean and the unbiased variance, also far from zero', () => {
  const moments = runningMoments(2);
  for (const value of [1, 2, 4, 9]) moments.add([value, 1e8 + value]);
  expect([...moments.mean]).toEqual([4, 1e8 + 4]);
  // Σ (v − 4)² = 9 + 4 + 0 + 25 = 38, over 3.
  moments.variance().forEach((variance) => expect(variance).toBeCloseTo(38 / 3, 6));
});

import { expect, test } from 'vitest';
import { mannWhitney, twoSidedNormalTail } from '../../src/numeric/significance.ts';

// Of scipy 1.17: mannwhitneyu(a, b, method='asymptotic').
test.each([
  [[0.1, 0.4, 0.35, 0.8, 0.2], [0.15, 0.05, 0.3, 0.12], 16, 0.17790959498698244],
  [[1, 2, 2, 3, 3, 3, 7], [2, 2, 0, 0, 1, 3, 3, 1], 42, 0.10662319797558625],
])('%o against %o', (a, b, u, pValue) => {
  const found = mannWhitney(a, b);
  expect(found.superiority).toBeCloseTo(u / (a.length * b.length), 12);
  expect(found.pValue).toBeCloseTo(pValue, 12);
  const swapped = mannWhitney(b, a);
  expect(swapped.superiority).toBeCloseTo(1 - found.superiority, 12);
  expect(swapped.pValue).toBeCloseTo(pValue, 12);
});

test('equal values tell nothing', () => {
  expect(mannWhitney([2, 2], [2, 2, 2])).toEqual({ superiority: 0.5, pValue: 1 });
  expect(mannWhitney([1], [1])).toEqual({ superiority: 0.5, pValue: 1 });
});

// erfc(z / √2) of the C library.
test.each([
  [0, 1],
  [0.1, 0.920344325445942],
  [1, 0.31731050786291415],
  [1.96, 0.04999579029644087],
  [2.999, 0.002708673067454213],
  [3, 0.0026997960632601913],
  [6, 1.9731752900754024e-9],
  [20, 5.507248237212663e-89],
])('P(|Z| ≥ %d)', (z, tail) => {
  expect(Math.abs(twoSidedNormalTail(z) / tail - 1)).toBeLessThan(1e-12);
});

import { expect, test } from 'vitest';
import { weightedLeastSquares, weightedRidge } from '../../src/numeric/linear/leastSquares.ts';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import { ridgeWithIntercept } from '../oracle/ridge.ts';

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    expect(Math.abs((found[i] as number) - value)).toBeLessThanOrEqual(tolerance);
  });
}

test('weightedRidge of one column: cov / (var + λ) about weighted means', () => {
  // Weighted sums of squares about 1 and 11/4: Σ w (x − 1)² = 2, Σ w (x − 1)(y − 11/4) = 3.
  const rows = {
    matrix: Float64Array.of(0, 1, 2),
    values: Float64Array.of(1, 3, 4),
    weights: Float64Array.of(1, 2, 1),
  };
  const fit = atOnce(weightedRidge(rows, 1));
  expectNear(fit.coefficients, [3 / 3], 1e-9);
  expect(fit.intercept).toBeCloseTo(11 / 4 - 1, 9);
  const free = atOnce(weightedRidge(rows, 0));
  expectNear(free.coefficients, [3 / 2], 1e-9);
  // Residuals of y = 5/4 + 3/2 x: −1/4, 1/4, −1/4 with weights 1, 2, 1, of a spread of 19/4.
  expect(free.r2).toBeCloseTo(1 - 1 / 4 / (19 / 4), 9);
});

test('weightedRidge against Gaussian elimination', () => {
  const { normal, uniform } = random(2);
  const rows = Array.from({ length: 12 }, () => Array.from({ length: 4 }, normal));
  const [values, weights] = [rows.map(normal), rows.map(uniform)];
  for (const ridge of [0, 0.3, 20]) {
    const given = {
      matrix: Float64Array.from(rows.flat()),
      values: Float64Array.from(values),
      weights: Float64Array.from(weights),
    };
    const { intercept, coefficients } = atOnce(weightedRidge(given, ridge));
    expectNear([intercept, ...coefficients], ridgeWithIntercept(rows, values, { weights, ridge }), 1e-7);
  }
});

test('what the rows do not decide is small and shared', () => {
  // Two columns that are alike, one that is never there.
  const rows = {
    matrix: Float64Array.of(1, 1, 0, 2, 2, 0),
    values: Float64Array.of(4, 8),
    weights: Float64Array.of(1, 1),
  };
  expectNear(atOnce(weightedLeastSquares(rows)), [2, 2, 0], 1e-6);
  expectNear(atOnce(weightedLeastSquares({ ...rows, matrix: new Float64Array(6) })), [0, 0, 0], 0);
});

test('a constant is fitted perfectly', () => {
  const rows = {
    matrix: Float64Array.of(0, 1, 1),
    values: Float64Array.of(2, 2, 2),
    weights: Float64Array.of(1, 1, 3),
  };
  const fit = atOnce(weightedRidge(rows, 0));
  expect(fit.intercept).toBe(2);
  expect(fit.r2).toBe(1);
});

import { describe, expect, test } from 'vitest';
import { logisticRegression } from '../../src/numeric/linear/logisticRegression.ts';
import { random } from '../../src/numeric/random.ts';
import { tTest, twoSidedTail } from '../../src/numeric/significance.ts';
import { atOnce } from '../../src/numeric/sliced.ts';

describe('logisticRegression(rows, labels, penalty)', () => {
  test.each([
    [20, 5, 0.1],
    [20, 5, 1e-3],
    [10, 200, 0.01],
    [30, 1, 1],
    [40, 3, 1e-9],
  ])('%i rows of %i columns, λ = %f: the gradient of the objective is zero', (count, columns, penalty) => {
    const { normal } = random(count + columns);
    const rows = Array.from({ length: count }, () => Float64Array.from({ length: columns }, normal));
    const labels = rows.map((row, i) => (row[0] as number) + 0.3 * normal() > 0.1 || i === 0);
    const { weights, intercept } = atOnce(logisticRegression(rows, labels, penalty));
    const errors = rows.map((row, i) => {
      const linear = row.reduce((sum, value, column) => sum + value * (weights[column] as number), intercept);
      return (1 / (1 + Math.exp(-linear)) - Number(labels[i])) / count;
    });
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0))).toBeLessThan(1e-7);
    weights.forEach((weight, column) => {
      const slope = rows.reduce(
        (sum, row, i) => sum + (errors[i] as number) * (row[column] as number),
        penalty * weight,
      );
      expect(Math.abs(slope)).toBeLessThan(1e-7);
    });
  });

  test('what can be separated is', () => {
    const rows = [
      [2, 1],
      [3, 0],
      [-1, 2],
      [-2, -1],
    ];
    const labels = [true, true, false, false];
    const { weights, intercept } = atOnce(logisticRegression(rows, labels, 1e-6));
    rows.forEach(([x, y], i) => {
      const linear = (x as number) * (weights[0] as number) + (y as number) * (weights[1] as number) + intercept;
      expect(linear > 0).toBe(labels[i]);
    });
  });
});

describe("Student's t", () => {
  test('tails of few degrees of freedom have closed forms', () => {
    for (const t of [0, 0.1, 0.7, 1, 2.5, 10, 300]) {
      expect(twoSidedTail(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
      expect(twoSidedTail(-t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
      const sine = t / Math.sqrt(4 + t * t);
      expect(twoSidedTail(t, 4)).toBeCloseTo(1 - sine * (1.5 - 0.5 * sine ** 2), 12);
    }
  });

  test('of many it is the normal distribution', () => {
    // P(|Z| ≥ 1.959963984540054) = 0.05.
    expect(twoSidedTail(1.959963984540054, 1e6)).toBeCloseTo(0.05, 6);
  });

  test('two samples', () => {
    // Means 2 and 4, squares 2 and 2, t = −2 / √(1 · 2/3).
    expect(tTest([1, 2, 3], [3, 4, 5])).toBeCloseTo(twoSidedTail(2 / Math.sqrt(2 / 3), 4), 12);
    expect(tTest([1, 2, 3], [1, 2, 3])).toBe(1);
    expect(tTest([1], [2])).toBeNaN();
    expect(tTest([1, 1], [2, 2])).toBe(0);
    expect(tTest([1, 1], [1, 1])).toBeNaN();
  });
});

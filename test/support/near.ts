import { expect } from 'vitest';

/** Each number within a tolerance of the one that is expected. */
export function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    expect(Math.abs((found[i] as number) - value), `[${i}] expected ${value}, got ${found[i]}`).toBeLessThanOrEqual(
      tolerance,
    );
  });
}

/** The sum of all numbers. */
export function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

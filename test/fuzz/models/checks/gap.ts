import type { NdArray } from '../../../../src/numeric/ndarray.ts';

/** What is wrong with an array, or nothing: its shape, or a difference of more than a share of the largest magnitude. */
export function gap(found: NdArray, expected: NdArray, tolerance = 1e-4): string | undefined {
  if (found.shape.join() !== expected.shape.join()) return `shape [${found.shape}] for [${expected.shape}]`;
  const most = tolerance * (largest(expected.data) + 1e-2);
  const isWrong = (value: number, i: number): boolean => !(Math.abs((found.data[i] as number) - value) <= most);
  const wrong = expected.data.findIndex(isWrong);
  return wrong < 0
    ? undefined
    : `[${wrong}] is ${found.data[wrong]} for ${expected.data[wrong]}, ± ${most.toPrecision(2)}`;
}

/** The largest magnitude; 0 of none. */
export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

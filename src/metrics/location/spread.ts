import { variance } from 'd3-array';

/** The variance of some numbers with the divisor n − `ddof`; NaN where there are fewer than two. */
export function varianceOf(values: readonly number[], ddof: number): number {
  const count = values.length;
  if (count < 2) return Number.NaN;
  return ((variance(values) as number) * (count - 1)) / (count - ddof);
}

/** How far points lie apart: $\sqrt{\operatorname{tr} \operatorname{Cov}}$; NaN where there are fewer than two. */
export function spreadOf(points: readonly (readonly [row: number, column: number])[], ddof: number): number {
  const [rows, columns] = [points.map(([row]) => row), points.map(([, column]) => column)];
  return Math.sqrt(varianceOf(rows, ddof) + varianceOf(columns, ddof));
}

/** The mean of the numbers that are there; NaN where there are none. */
export function meanOfKnown(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}

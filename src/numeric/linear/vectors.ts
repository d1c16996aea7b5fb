import { forEachOf, type Sliced } from '../sliced.ts';

/** $\sum a_i b_i$ in 64-bit floats. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** The Euclidean length of a vector. */
export function norm(values: ArrayLike<number>): number {
  return Math.sqrt(dot(values, values));
}

/** $A^T B$ of square matrices, row by row. */
export function* transposedProduct(a: Float64Array, b: Float64Array, n: number): Sliced<Float64Array> {
  const out = new Float64Array(n * n);
  yield* forEachOf(n, n * n, (i) => {
    const row = out.subarray(i * n, (i + 1) * n);
    for (let k = 0; k < n; k++) {
      const share = a[k * n + i] as number;
      for (let j = 0, at = k * n; j < n; j++, at++) row[j]! += share * (b[at] as number);
    }
  });
  return out;
}

/** Adds a multiple of some values to a sum, where it stands. */
export function addScaled(sum: Float64Array, factor: number, values: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * (values[i] as number);
}

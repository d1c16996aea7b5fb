import { forEachOf, type Sliced } from '../sliced.ts';

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

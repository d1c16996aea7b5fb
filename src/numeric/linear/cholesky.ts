import type { Sliced } from '../sliced.ts';

/** The least share of an element of the diagonal that counts; less is what rounding left of nothing. */
const LEAST = 1e-14;

/**
 * The factor L of a symmetric positive definite matrix $A = L L^T$, row by row.
 *
 * @param matrix `[n, n]`, of which what is above the diagonal is not looked at.
 * @returns `[n, n]`, zero above the diagonal.
 */
export function* cholesky(matrix: Float64Array, n: number): Sliced<Float64Array> {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      factor[i * n + j] = rest(matrix, factor, { i, j, n }) / (factor[j * n + j] as number);
    }
    const pivot = rest(matrix, factor, { i, j: i, n });
    factor[i * n + i] = Math.sqrt(Math.max(pivot, LEAST * (matrix[i * n + i] as number)));
    yield (i * i) / 2 + 1;
  }
  return factor;
}

/** The solution of $L L^T x = b$. */
export function choleskySolution(factor: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const out = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    let sum = out[i] as number;
    for (let j = 0; j < i; j++) sum -= (factor[i * n + j] as number) * (out[j] as number);
    out[i] = sum / (factor[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = (out[i] as number) / (factor[i * n + i] as number);
    out[i] = value;
    for (let j = 0; j < i; j++) out[j]! -= (factor[i * n + j] as number) * value;
  }
  return out;
}

/** $A_{ij} - \sum_{k < j} L_{ik} L_{jk}$. */
function rest(
  matrix: Float64Array,
  factor: Float64Array,
  { i, j, n }: { readonly i: number; readonly j: number; readonly n: number },
): number {
  let sum = matrix[i * n + j] as number;
  for (let k = 0, a = i * n, b = j * n; k < j; k++, a++, b++) sum -= (factor[a] as number) * (factor[b] as number);
  return sum;
}

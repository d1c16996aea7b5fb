import { cholesky, choleskySolution } from './linear/cholesky.ts';
import { forEachOf, type Sliced } from './sliced.ts';

/** Rows of a linear system with their weights. */
export interface WeightedRows {
  /** `[rows × columns]`, row by row. */
  readonly matrix: Float64Array;
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The coefficients that minimise $\sum_r w_r (y_r - x_r \beta)^2 + \lambda |\beta|^2$, by the normal equations in 64-bit
 * floats. A trace of ridge, 10⁻¹⁰ of that of the matrix, decides for small ones where the rows do not.
 */
export function* weightedLeastSquares({ matrix, values, weights }: WeightedRows, ridge = 0): Sliced<Float64Array> {
  const columns = matrix.length / values.length;
  const gram = new Float64Array(columns * columns);
  const right = new Float64Array(columns);
  yield* forEachOf(values.length, (columns * columns) / 2 + columns, (row) => {
    const own = matrix.subarray(row * columns, (row + 1) * columns);
    for (let i = 0; i < columns; i++) {
      const share = (weights[row] as number) * (own[i] as number);
      right[i]! += share * (values[row] as number);
      if (share === 0) continue;
      for (let j = 0, at = i * columns; j <= i; j++, at++) gram[at]! += share * (own[j] as number);
    }
  });
  let trace = 0;
  for (let at = 0; at < gram.length; at += columns + 1) trace += gram[at] as number;
  if (trace === 0) return right.fill(0);
  for (let at = 0; at < gram.length; at += columns + 1) gram[at]! += ridge + 1e-10 * trace;
  return choleskySolution(yield* cholesky(gram, columns), right);
}

import { Matrix, solve } from 'ml-matrix';

/** Rows of a linear system with their weights. */
export interface WeightedRows {
  /** `[rows × columns]`, row by row. */
  readonly matrix: Float64Array;
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The coefficients that minimise $\sum_r w_r (y_r - x_r \beta)^2 + \lambda |\beta|^2$, by the normal equations in 64-bit
 * floats; where they are singular, the least ones (by the pseudo-inverse).
 */
export function weightedLeastSquares({ matrix, values, weights }: WeightedRows, ridge = 0): Float64Array {
  const rows = values.length;
  const columns = matrix.length / rows;
  const gram = Matrix.zeros(columns, columns);
  const right = Matrix.zeros(columns, 1);
  for (let r = 0; r < rows; r++) {
    const row = matrix.subarray(r * columns, (r + 1) * columns);
    const weight = weights[r] as number;
    for (let i = 0; i < columns; i++) {
      const scaled = weight * (row[i] as number);
      if (scaled === 0) continue;
      right.set(i, 0, right.get(i, 0) + scaled * (values[r] as number));
      for (let j = 0; j < columns; j++) gram.set(i, j, gram.get(i, j) + scaled * (row[j] as number));
    }
  }
  for (let i = 0; i < columns; i++) gram.set(i, i, gram.get(i, i) + ridge);
  return Float64Array.from(solve(gram, right, true).to1DArray());
}

import { CholeskyDecomposition, Matrix } from 'ml-matrix';

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
export function weightedLeastSquares({ matrix, values, weights }: WeightedRows, ridge = 0): Float64Array {
  const roots = weights.map(Math.sqrt);
  const rows = Matrix.from1DArray(values.length, matrix.length / values.length, matrix).mulColumnVector(roots);
  const right = Matrix.columnVector(values).mulColumnVector(roots);
  const transposed = rows.transpose();
  const gram = transposed.mmul(rows);
  const trace = gram.trace();
  if (trace === 0) return new Float64Array(gram.rows);
  gram.add(Matrix.eye(gram.rows, gram.rows, ridge + 1e-10 * trace));
  return Float64Array.from(new CholeskyDecomposition(gram).solve(transposed.mmul(right)).to1DArray());
}

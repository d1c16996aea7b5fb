import { forEachOf, type Sliced } from '../sliced.ts';
import { cholesky, choleskySolution } from './cholesky.ts';

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

/** A linear model and how well it fits. */
export interface LinearFit {
  readonly intercept: number;
  readonly coefficients: Float64Array;
  /** The weighted R²; 1 where there is nothing to explain. */
  readonly r2: number;
}

/** A weighted ridge regression whose intercept is not penalised. */
export function* weightedRidge({ matrix, values, weights }: WeightedRows, ridge: number): Sliced<LinearFit> {
  const columns = matrix.length / values.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (at: (row: number) => number): number =>
    weights.reduce((sum, weight, row) => sum + weight * at(row), 0) / total;
  const centre = mean((row) => values[row] as number);
  const centres = Float64Array.from({ length: columns }, (_, i) => mean((row) => matrix[row * columns + i] as number));
  const centred = {
    matrix: matrix.map((value, i) => value - (centres[i % columns] as number)),
    values: values.map((value) => value - centre),
    weights,
  };
  const coefficients = yield* weightedLeastSquares(centred, ridge);
  const intercept = coefficients.reduce((rest, value, i) => rest - value * (centres[i] as number), centre);
  const predict = (row: number): number =>
    coefficients.reduce((sum, value, i) => sum + value * (centred.matrix[row * columns + i] as number), 0);
  const missed = mean((row) => ((centred.values[row] as number) - predict(row)) ** 2);
  const spread = mean((row) => (centred.values[row] as number) ** 2);
  return { intercept, coefficients, r2: spread === 0 ? 1 : 1 - missed / spread };
}

import type { Sliced } from './sliced.ts';
import { type WeightedRows, weightedLeastSquares } from './weightedLeastSquares.ts';

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

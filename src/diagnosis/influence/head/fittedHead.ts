import { cholesky, choleskySolution } from '../../../numeric/linear/cholesky.ts';
import { transposedTimes } from '../../../numeric/linear/factorProducts.ts';
import { softmaxRegression } from '../../../numeric/linear/softmaxRegression.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { headHessian } from './headCurvature.ts';
import type { HeadProblem } from './headProblem.ts';

/** How a fit begins, and what it leaves out. */
export interface HeadFit {
  /** How much each example counts, 1 by default; the sum is divided by the number of examples nevertheless. */
  readonly counts?: ArrayLike<number>;
  /** Weights to start from. */
  readonly start?: Float64Array;
}

/** The weights at the optimum of the mean loss of a linear model with its penalty. */
export function* fittedHead(
  problem: Omit<HeadProblem, 'weights'>,
  { counts, start }: HeadFit = {},
): Sliced<Float64Array> {
  const { features, targets, units, loss, penalty } = problem;
  if (loss === 'squared') return yield* leastSquares(problem);
  const common = { features, labels: targets, counts };
  if (loss === 'softmax') {
    const fit = yield* softmaxRegression({ ...common, classes: units, penalty }, start && { start });
    return fit.weights;
  }
  // A pair of classes with weights ∓v/2 has the loss of v, and half of its penalty.
  const pair =
    start && Float64Array.from({ length: 2 * start.length }, (_, i) => ((i % 2) - 0.5) * (start[i >> 1] as number));
  const fit = yield* softmaxRegression({ ...common, classes: 2, penalty: 2 * penalty }, pair && { start: pair });
  return Float64Array.from({ length: features.columns }, (_, i) => {
    return (fit.weights[2 * i + 1] as number) - (fit.weights[2 * i] as number);
  });
}

function* leastSquares(problem: Omit<HeadProblem, 'weights'>): Sliced<Float64Array> {
  const { features, targets } = problem;
  const size = features.columns;
  const zeros = { ...problem, weights: new Float64Array(size) };
  const matrix = yield* headHessian(
    zeros,
    { losses: zeros.weights, errors: zeros.weights, expected: new Float64Array(features.rows) },
    0,
  );
  const right = yield* transposedTimes(features, Float64Array.from(targets), 1);
  return choleskySolution(
    yield* cholesky(matrix, size),
    right.map((value) => value / features.rows),
  );
}

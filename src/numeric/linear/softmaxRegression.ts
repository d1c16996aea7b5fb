import { VitrineError } from '../errors.ts';
import { forEachOf, type Sliced } from '../sliced.ts';
import { conjugateGradient } from './conjugateGradient.ts';
import { type Matrix, times, transposedTimes } from './factorProducts.ts';
import { type LinearCurvature, linearCurvature } from './linearCurvature.ts';
import { linearLosses } from './linearLosses.ts';
import { dot, norm } from './vectors.ts';

/** Examples of classes, and what long weights cost. */
export interface SoftmaxProblem {
  /** A row for each example; a constant column stands for a bias. */
  readonly features: Matrix;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  /** λ, 0 or more. */
  readonly penalty: number;
  /** The column whose weights cost nothing, such as that of a bias; none by default. */
  readonly free?: number | undefined;
  /** How much each example counts, 1 by default; the sum is divided by the number of examples nevertheless. */
  readonly counts?: ArrayLike<number> | undefined;
}

/** A linear model of the classes. */
export interface SoftmaxFit {
  /** `[columns × classes]`, row by row. */
  readonly weights: Float64Array;
  /** The probabilities of the classes, `[rows × classes]`. */
  readonly probabilities: Float64Array;
  /** The Euclidean length of the gradient that is left. */
  readonly gradientNorm: number;
  readonly steps: number;
}

const STEPS = 100;
const { loss, expect } = linearLosses.softmax;

/**
 * The softmax regression that minimises $\frac1n \sum_i c_i \, \mathrm{CE}(y_i, W^T x_i) + \frac{\lambda}{2} |W|^2$.
 *
 * By Newton's method; the products with the Hessian $\frac1n \sum_i c_i x_i x_i^T \otimes (\mathrm{diag}\, p_i - p_i p_i^T) +
 * \lambda I$ are made of products with X, and it is never formed (Hastie, Tibshirani and Friedman 2009, §4.4; Nocedal and
 * Wright 2006, §7.1).
 *
 * @param start weights to start from, `[columns × classes]`; zeros by default.
 * @param tolerance the length of the gradient that is small enough.
 * @throws {VitrineError} if no optimum is reached: without a penalty, classes that a plane parts have none.
 */
export function* softmaxRegression(
  problem: SoftmaxProblem,
  { start, tolerance = 1e-10 }: { readonly start?: Float64Array; readonly tolerance?: number } = {},
): Sliced<SoftmaxFit> {
  let weights: Float64Array = start?.slice() ?? new Float64Array(problem.features.columns * problem.classes);
  let at = yield* softmaxAt(problem, weights);
  for (let steps = 0; steps < STEPS; steps++) {
    const gradient = yield* softmaxGradient(problem, weights, at.probabilities);
    const gradientNorm = norm(gradient);
    if (gradientNorm <= tolerance) return { weights, probabilities: at.probabilities, gradientNorm, steps };
    const right = gradient.map((value) => -value);
    // Inexact steps converge as fast, as long as they become exact (Nocedal and Wright 2006, Theorem 7.1).
    const step = yield* conjugateGradient(
      { ...softmaxCurvature(problem, at.probabilities), right },
      Math.max(Math.min(0.1, gradientNorm), 1e-10),
    );
    const found = yield* lineSearch(problem, { weights, objective: at.objective, step, slope: dot(gradient, step) });
    // Where rounding leaves no lower place the optimum is reached as well as it can be.
    if (!found) return { weights, probabilities: at.probabilities, gradientNorm, steps };
    ({ weights, at } = found);
  }
  throw new VitrineError(
    'failed',
    `the regression of ${problem.classes} classes found no optimum in ${STEPS} steps; a greater "penalty" than ${problem.penalty} may help`,
  );
}

/** The objective at some weights, and what they say of each example. */
export interface SoftmaxPlace {
  readonly objective: number;
  /** `[rows × classes]` */
  readonly probabilities: Float64Array;
  /** The cross-entropy of each example. */
  readonly losses: Float64Array;
}

/** Where some weights lead. */
export function* softmaxAt(problem: SoftmaxProblem, weights: Float64Array): Sliced<SoftmaxPlace> {
  const { features, labels, classes } = problem;
  const probabilities = yield* times(features, weights, classes);
  const losses = new Float64Array(features.rows);
  yield* forEachOf(features.rows, 20 * classes, (row) => {
    const scores = probabilities.subarray(row * classes, (row + 1) * classes);
    losses[row] = loss(scores, labels[row] as number);
    expect(scores);
  });
  const sum = losses.reduce((total, loss, row) => total + countOf(problem, row) * loss, 0);
  return { objective: sum / features.rows + penaltyOf(problem, weights), probabilities, losses };
}

/** The gradient of the objective, `[columns × classes]`. */
export function* softmaxGradient(
  problem: SoftmaxProblem,
  weights: Float64Array,
  probabilities: Float64Array,
): Sliced<Float64Array> {
  const { features, labels, classes } = problem;
  const errors = probabilities.slice();
  for (let row = 0; row < features.rows; row++) {
    const share = countOf(problem, row) / features.rows;
    errors[row * classes + (labels[row] as number)]! -= 1;
    for (let k = 0; k < classes; k++) errors[row * classes + k]! *= share;
  }
  const gradient = yield* transposedTimes(features, errors, classes);
  return gradient.map((value, i) => value + penaltyAt(problem, i) * (weights[i] as number));
}

/** The Hessian of the objective, as its product with a vector of weights, and its diagonal. */
export function softmaxCurvature(problem: SoftmaxProblem, probabilities: Float64Array): LinearCurvature {
  const { features, classes } = problem;
  const { multiply, diagonal } = linearCurvature({
    features,
    units: classes,
    loss: 'softmax',
    expected: probabilities,
    shareOf: (row) => countOf(problem, row) / features.rows,
    penaltyOf: (place) => penaltyAt(problem, place),
  });
  // What never occurs has no curvature; anything above 0 leaves it where it is.
  return { multiply, diagonal: diagonal.map((value) => (value > 0 ? value : 1)) };
}

interface LineStart {
  readonly weights: Float64Array;
  readonly objective: number;
  readonly step: Float64Array;
  readonly slope: number;
}

/** As much of a step as lowers the objective enough (Armijo); none where nothing does. */
function* lineSearch(
  problem: SoftmaxProblem,
  { weights, objective, step, slope }: LineStart,
): Sliced<{ readonly weights: Float64Array; readonly at: SoftmaxPlace } | undefined> {
  for (let share = 1; share > 1e-9; share /= 2) {
    const moved = weights.map((value, i) => value + share * (step[i] as number));
    const at = yield* softmaxAt(problem, moved);
    if (at.objective <= objective + 1e-4 * share * slope) return { weights: moved, at };
    // The last steps change less than the objective can tell.
    if (share === 1 && -slope <= 1e-15 * Math.abs(objective)) return { weights: moved, at };
  }
  return undefined;
}

function countOf({ counts }: SoftmaxProblem, row: number): number {
  return counts ? (counts[row] as number) : 1;
}

/** What the square of a weight costs. */
function penaltyAt({ penalty, free, classes }: SoftmaxProblem, place: number): number {
  return Math.floor(place / classes) === free ? 0 : penalty;
}

function penaltyOf(problem: SoftmaxProblem, weights: Float64Array): number {
  return weights.reduce((sum, weight, i) => sum + penaltyAt(problem, i) * weight * weight, 0) / 2;
}

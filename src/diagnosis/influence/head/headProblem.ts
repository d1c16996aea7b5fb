import { type Matrix, times, transposedTimes } from '../../../numeric/linear/factorProducts.ts';
import { type LinearLossName, linearLosses } from '../../../numeric/linear/linearLosses.ts';
import { dot, norm } from '../../../numeric/linear/vectors.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';

/** Examples in front of a linear model. */
export interface HeadExamples {
  /** A row for each example; a constant column stands for a bias. */
  readonly features: Matrix;
  /** The class of each example, or the number that a regression is to give. */
  readonly targets: ArrayLike<number>;
}

/** A linear model, and the examples whose mean loss it was made to lower. */
export interface HeadProblem extends HeadExamples {
  readonly units: number;
  readonly loss: LinearLossName;
  /** `[columns × units]`, row by row. */
  readonly weights: Float64Array;
  /** λ, for every weight, those of the bias too. */
  readonly penalty: number;
}

/** What a linear model says of examples. */
export interface HeadPlace {
  readonly losses: Float64Array;
  /** What it expects: probabilities, or values, `[rows × units]`. */
  readonly expected: Float64Array;
  /** The gradient of each loss by the scores, `[rows × units]`. */
  readonly errors: Float64Array;
}

/** What a linear model says of examples. */
export function* headAt(
  { units, loss: name, weights }: Pick<HeadProblem, 'units' | 'loss' | 'weights'>,
  { features, targets }: HeadExamples,
): Sliced<HeadPlace> {
  const { loss, expect, wanted } = linearLosses[name];
  const expected = yield* times(features, weights, units);
  const errors = new Float64Array(expected.length);
  const losses = new Float64Array(features.rows);
  yield* forEachOf(features.rows, 20 * units, (row) => {
    const own = expected.subarray(row * units, (row + 1) * units);
    const target = targets[row] as number;
    losses[row] = loss(own, target);
    expect(own);
    for (let k = 0; k < units; k++) errors[row * units + k] = (own[k] as number) - wanted(k, target);
  });
  return { losses, expected, errors };
}

/** The gradient of the mean loss with the penalty: zero at the optimum. */
export function* headGradient(
  { features, units, weights, penalty }: HeadProblem,
  { errors }: HeadPlace,
): Sliced<{ readonly gradient: Float64Array; readonly length: number }> {
  const sums = yield* transposedTimes(features, errors, units);
  const gradient = sums.map((sum, i) => sum / features.rows + penalty * (weights[i] as number));
  return { gradient, length: norm(gradient) };
}

/** The gradient of the loss of a single example by the weights, aᵀ e, `[columns × units]`. */
export function exampleGradient({ features }: HeadExamples, { errors }: HeadPlace, row: number): Float64Array {
  const { columns, values } = features;
  const units = errors.length / features.rows;
  const gradient = new Float64Array(columns * units);
  for (let column = 0; column < columns; column++) {
    const value = values[row * columns + column] as number;
    for (let k = 0; k < units; k++) gradient[column * units + k] = value * (errors[row * units + k] as number);
  }
  return gradient;
}

/** The products of the gradients of all examples with a vector of weights: e_iᵀ Sᵀ a_i. */
export function* gradientProducts(
  { features }: HeadExamples,
  { errors }: HeadPlace,
  vector: Float64Array,
): Sliced<Float64Array> {
  const units = errors.length / features.rows;
  const moved = yield* times(features, vector, units);
  return Float64Array.from({ length: features.rows }, (_, row) =>
    dot(moved.subarray(row * units, (row + 1) * units), errors.subarray(row * units, (row + 1) * units)),
  );
}

/** Some of the examples, in the order of their places. */
export function rowsOfExamples({ features, targets }: HeadExamples, rows: ArrayLike<number>): HeadExamples {
  const { columns, values } = features;
  const chosen = Float64Array.from({ length: rows.length * columns }, (_, i) => {
    return values[(rows[Math.floor(i / columns)] as number) * columns + (i % columns)] as number;
  });
  return {
    features: { rows: rows.length, columns, values: chosen },
    targets: Array.from(rows, (row) => targets[row] as number),
  };
}

import { cholesky, choleskySolution } from '../../../../src/numeric/linear/cholesky.ts';
import {
  type SoftmaxProblem,
  softmaxAt,
  softmaxCurvature,
  softmaxRegression,
} from '../../../../src/numeric/linear/softmaxRegression.ts';
import { atOnce } from '../../../../src/numeric/sliced.ts';

/** Features with a 1 at the end of each, and labels. */
export interface HeadRows {
  readonly rows: readonly Float64Array[];
  readonly labels: readonly number[];
}

/** What is known of a head exactly. */
export interface ExactHead {
  /** By how much each test loss would rise without each training example, to first order, `[t][n]`. */
  readonly changes: readonly Float64Array[];
  /** The same of each training example for itself. */
  readonly self: Float64Array;
  /** The loss of each training example. */
  readonly losses: Float64Array;
  /** By how much the test losses rise where the head is fitted again without a training example. */
  leftOut(example: number): Float64Array;
}

/** The influences of a softmax head with a penalty λ on all weights but the bias, by its Hessian and by fitting it again. */
export function exactHead(training: HeadRows, test: HeadRows, penalty: number): ExactHead {
  const classes = 10;
  const problem = problemOf(training, { classes, penalty });
  const fit = atOnce(softmaxRegression(problem));
  const factor = atOnce(cholesky(hessianOf(problem, fit.probabilities), fit.weights.length));
  const solve = (right: Float64Array): Float64Array => choleskySolution(factor, right);
  const gradientsOf = (rows: HeadRows): Float64Array[] => {
    const { probabilities } = atOnce(softmaxAt(problemOf(rows, { classes, penalty: 0 }), fit.weights));
    return rows.rows.map((row, i) => {
      const label = rows.labels[i] as number;
      const likely = probabilities.subarray(i * classes, (i + 1) * classes);
      return Float64Array.from({ length: row.length * classes }, (_, at) => {
        const k = at % classes;
        return (row[Math.floor(at / classes)] as number) * ((likely[k] as number) - (k === label ? 1 : 0));
      });
    });
  };
  const own = gradientsOf(training);
  const count = own.length;
  const lossesOf = (weights: Float64Array): Float64Array =>
    atOnce(softmaxAt(problemOf(test, { classes, penalty: 0 }), weights)).losses;
  const before = lossesOf(fit.weights);
  return {
    changes: gradientsOf(test).map((gradient) => {
      const solved = solve(gradient);
      return Float64Array.from(own, (other) => dot(solved, other) / count);
    }),
    self: Float64Array.from(own, (gradient) => dot(gradient, solve(gradient)) / count),
    losses: atOnce(softmaxAt({ ...problem, penalty: 0 }, fit.weights)).losses,
    leftOut(example) {
      const counts = training.labels.map((_, i) => (i === example ? 0 : 1));
      const { weights } = atOnce(softmaxRegression({ ...problem, counts }, { start: fit.weights, tolerance: 1e-8 }));
      return lossesOf(weights).map((loss, i) => loss - (before[i] as number));
    },
  };
}

/** Column by column, as the product with each unit vector. */
function hessianOf(problem: SoftmaxProblem, probabilities: Float64Array): Float64Array {
  const { multiply } = softmaxCurvature(problem, probabilities);
  const size = problem.features.columns * problem.classes;
  const matrix = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    unit[i] = 1;
    multiply(unit, matrix.subarray(i * size, (i + 1) * size));
    unit[i] = 0;
  }
  return matrix;
}

function problemOf(
  { rows, labels }: HeadRows,
  { classes, penalty }: { readonly classes: number; readonly penalty: number },
): SoftmaxProblem {
  const columns = (rows[0] as Float64Array).length;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    values.set(row, i * columns);
  });
  return { features: { rows: rows.length, columns, values }, labels, classes, penalty, free: columns - 1 };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

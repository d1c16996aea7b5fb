import { forEachOf, type Sliced } from '../sliced.ts';
import { cholesky, choleskySolution } from './cholesky.ts';
import { dot } from './vectors.ts';

/** A linear model of the odds of a yes. */
export interface LogisticFit {
  readonly intercept: number;
  readonly weights: Float64Array;
}

const STEPS = 100;
const ENOUGH = 1e-10;

/**
 * The logistic regression that minimises $\frac1n \sum_i \log(1 + e^{-y_i (w x_i + b)}) + \frac{\lambda}{2} |w|^2$.
 *
 * There are fewer rows than columns as a rule, and w is a sum of rows, $w = X^T a$: Newton's steps for a take a system
 * of n + 1 equations, $(K + \lambda S^{-1}) a + b = z$ and $\sum a = 0$ with $K = X X^T$ (iteratively reweighted least
 * squares; Hastie, Tibshirani and Friedman 2009, §4.4.1 and §18.3.5).
 *
 * @param rows of equal length.
 * @param labels whether each is a yes.
 * @param penalty λ, above 0.
 */
export function* logisticRegression(
  rows: readonly ArrayLike<number>[],
  labels: readonly boolean[],
  penalty: number,
): Sliced<LogisticFit> {
  const problem: Problem = { gram: yield* gramOf(rows), labels, penalty };
  let at: Dual = { shares: new Float64Array(rows.length), intercept: 0 };
  for (let step = 0, change = Number.POSITIVE_INFINITY; step < STEPS && change > ENOUGH; step++) {
    const next = yield* lineSearch(problem, at, yield* newtonStep(problem, at));
    change = next.shares.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (at.shares[i] as number))),
      Math.abs(next.intercept - at.intercept),
    );
    at = next;
  }
  return { intercept: at.intercept, weights: yield* weightsOf(rows, at) };
}

interface Problem {
  /** K, `[n, n]`. */
  readonly gram: Float64Array;
  readonly labels: readonly boolean[];
  readonly penalty: number;
}

/** a and b. */
interface Dual {
  readonly shares: Float64Array;
  readonly intercept: number;
}

function* gramOf(rows: readonly ArrayLike<number>[]): Sliced<Float64Array> {
  const count = rows.length;
  const gram = new Float64Array(count * count);
  for (const [i, row] of rows.entries()) {
    yield* forEachOf(i + 1, row.length, (j) => {
      const product = dot(row, rows[j] as ArrayLike<number>);
      gram[i * count + j] = product;
      gram[j * count + i] = product;
    });
  }
  return gram;
}

/** Where the whole step leads: a of $M a = z - b$ and $\sum a = 0$, for $M = K + \lambda S^{-1}$. */
function* newtonStep(problem: Problem, at: Dual): Sliced<Dual> {
  const { gram, labels, penalty } = problem;
  const count = labels.length;
  const system = gram.slice();
  const goal = yield* linearOf(problem, at);
  for (let i = 0; i < count; i++) {
    const probability = 1 / (1 + Math.exp(-(goal[i] as number)));
    const curvature = Math.max(probability * (1 - probability), 1e-10) / count;
    system[i * count + i]! += penalty / curvature;
    goal[i]! += (Number(labels[i]) - probability) / count / curvature;
  }
  const factor = yield* cholesky(system, count);
  const whole = choleskySolution(factor, goal);
  const constant = choleskySolution(factor, new Float64Array(count).fill(1));
  yield 2 * count ** 2;
  const intercept = sumOf(whole) / sumOf(constant);
  return { shares: whole.map((value, i) => value - intercept * (constant[i] as number)), intercept };
}

/** As much of a step as does not raise the objective. */
function* lineSearch(problem: Problem, from: Dual, to: Dual): Sliced<Dual> {
  const target = (yield* objective(problem, from)) + 1e-12;
  for (let share = 1; ; share /= 2) {
    const between: Dual = {
      shares: from.shares.map((value, i) => value + share * ((to.shares[i] as number) - value)),
      intercept: from.intercept + share * (to.intercept - from.intercept),
    };
    if (share <= 1e-6 || !((yield* objective(problem, between)) > target)) return between;
  }
}

function* objective(problem: Problem, at: Dual): Sliced<number> {
  const linear = yield* linearOf(problem, at);
  let [losses, length] = [0, 0];
  linear.forEach((value, i) => {
    const margin = problem.labels[i] ? value : -value;
    losses += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0);
    length += (at.shares[i] as number) * (value - at.intercept);
  });
  return losses / linear.length + (problem.penalty / 2) * length;
}

/** $K a + b$. */
function* linearOf({ gram }: Problem, { shares, intercept }: Dual): Sliced<Float64Array> {
  const count = shares.length;
  const linear = new Float64Array(count).fill(intercept);
  yield* forEachOf(count, count, (i) => {
    linear[i]! += dot(gram.subarray(i * count, (i + 1) * count), shares);
  });
  return linear;
}

/** $X^T a$. */
function* weightsOf(rows: readonly ArrayLike<number>[], { shares }: Dual): Sliced<Float64Array> {
  const weights = new Float64Array(rows[0]?.length ?? 0);
  yield* forEachOf(rows.length, weights.length, (i) => {
    const row = rows[i] as ArrayLike<number>;
    for (let column = 0; column < weights.length; column++) {
      weights[column]! += (shares[i] as number) * (row[column] as number);
    }
  });
  return weights;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

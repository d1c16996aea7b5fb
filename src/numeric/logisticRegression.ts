import { Matrix, solve } from 'ml-matrix';

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
export function logisticRegression(
  rows: readonly ArrayLike<number>[],
  labels: readonly boolean[],
  penalty: number,
): LogisticFit {
  const count = rows.length;
  const gram = gramOf(rows);
  let shares: Float64Array = new Float64Array(count);
  let intercept = 0;
  for (let step = 0, change = Number.POSITIVE_INFINITY; step < STEPS && change > ENOUGH; step++) {
    const next = newtonStep({ gram, labels, penalty }, shares, intercept);
    const target = objective({ gram, labels, penalty }, shares, intercept);
    let share = 1;
    const between = (): [Float64Array, number] => [
      shares.map((value, i) => value + share * ((next.shares[i] as number) - value)),
      intercept + share * (next.intercept - intercept),
    ];
    while (share > 1e-6 && objective({ gram, labels, penalty }, ...between()) > target + 1e-12) share /= 2;
    const [moved, constant] = between();
    change = Math.max(
      Math.abs(constant - intercept),
      ...moved.map((value, i) => Math.abs(value - (shares[i] as number))),
    );
    [shares, intercept] = [moved, constant];
  }
  const weights = new Float64Array(rows[0]?.length ?? 0);
  rows.forEach((row, i) => {
    for (let column = 0; column < weights.length; column++) {
      weights[column] = (weights[column] as number) + (shares[i] as number) * (row[column] as number);
    }
  });
  return { intercept, weights };
}

interface Problem {
  readonly gram: Matrix;
  readonly labels: readonly boolean[];
  readonly penalty: number;
}

function gramOf(rows: readonly ArrayLike<number>[]): Matrix {
  const gram = Matrix.zeros(rows.length, rows.length);
  rows.forEach((a, i) => {
    for (let j = 0; j <= i; j++) {
      const b = rows[j] as ArrayLike<number>;
      let sum = 0;
      for (let column = 0; column < a.length; column++) sum += (a[column] as number) * (b[column] as number);
      gram.set(i, j, sum);
      gram.set(j, i, sum);
    }
  });
  return gram;
}

function newtonStep(
  { gram, labels, penalty }: Problem,
  shares: Float64Array,
  intercept: number,
): { shares: Float64Array; intercept: number } {
  const count = labels.length;
  const system = Matrix.zeros(count + 1, count + 1);
  const goal = Matrix.zeros(count + 1, 1);
  linearOf(gram, shares, intercept).forEach((value, i) => {
    const probability = 1 / (1 + Math.exp(-value));
    const curvature = Math.max(probability * (1 - probability), 1e-10) / count;
    for (let j = 0; j < count; j++) system.set(i, j, gram.get(i, j));
    system.set(i, i, gram.get(i, i) + penalty / curvature);
    system.set(i, count, 1);
    system.set(count, i, 1);
    goal.set(i, 0, value + (Number(labels[i]) - probability) / count / curvature);
  });
  const found = solve(system, goal).to1DArray();
  return { shares: Float64Array.from(found.slice(0, count)), intercept: found[count] as number };
}

function linearOf(gram: Matrix, shares: Float64Array, intercept: number): Float64Array {
  return shares.map((_, i) => shares.reduce((sum, share, j) => sum + share * gram.get(i, j), intercept));
}

function objective({ gram, labels, penalty }: Problem, shares: Float64Array, intercept: number): number {
  const linear = linearOf(gram, shares, intercept);
  const losses = linear.map((value, i) => {
    const margin = labels[i] ? value : -value;
    return Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0);
  });
  const length = shares.reduce((sum, share, i) => sum + share * ((linear[i] as number) - intercept), 0);
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length + (penalty / 2) * length;
}

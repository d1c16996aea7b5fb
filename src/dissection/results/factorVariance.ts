import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks, share } from '../../numeric/options.ts';

/** A part of the variance of features. */
export interface VarianceComponent {
  /** Its share of the whole variance, 0 … 1. */
  readonly share: number;
  /** The variances along its principal directions, the greatest first. */
  readonly variances: Float64Array;
  /** How many principal directions hold the share that was asked for of it. */
  readonly dimension: number;
}

/** What features vary with. */
export interface FactorVariance {
  /** With the factor that was controlled, whatever the instance. */
  readonly factor: VarianceComponent;
  /** With the instance, whatever the value of the factor. */
  readonly instance: VarianceComponent;
  /** With both together: what the other two leave. */
  readonly residual: VarianceComponent;
}

/** Options of {@link factorVariance}. */
export interface FactorVarianceOptions {
  /** The share of a component's variance that `dimension` counts directions for; 0.95 by default. */
  readonly share?: number;
}

const checks: OptionChecks<FactorVarianceOptions> = { share };

/**
 * How much of the variance of features is due to a controlled factor, such as the pose of an object, and how much to
 * what shows it, such as its style.
 *
 * Of features $F(\theta, s)$ with mean $\mu$: $F_\theta = \frac{1}{S} \sum_s F - \mu$, $F_s = \frac{1}{\Theta} \sum_\theta F - \mu$ and the
 * residual $F - F_\theta - F_s - \mu$ are uncorrelated on a balanced grid, so that their variances add up to the whole.
 *
 * Source: Aubry and Russell 2015, "Understanding deep features with computer-generated imagery", §3.
 *
 * @param features of each value of the factor and each instance, `[values, instances, features]`: rows of what
 * `activations` gives for rendered pictures.
 * @param options `share`.
 * @returns shares, principal variances and dimensions of the three components.
 * @throws {VitrineError} if there are fewer than two values or instances, features are not finite or do not vary at all, or
 * `share` is not in 0 … 1.
 * @example
 * ```ts
 * import { factorVariance } from 'vitrine/dissection';
 * // A factor that moves the first feature, instances that move the second.
 * const features = { shape: [2, 2, 2], data: Float32Array.of(0, 0, 0, 1, 2, 0, 2, 1) };
 * const { factor, instance, residual } = factorVariance(features);
 * console.log(factor.share, instance.share, residual.share); // 0.8, 0.2, 0
 * ```
 */
export function factorVariance(
  features: NdArray<Float32Array | Float64Array>,
  options: FactorVarianceOptions = {},
): FactorVariance {
  assertOptions(options, checks);
  const { share: wanted = 0.95 } = options;
  assertArray('features', features, [3]);
  assertFiniteArray('features', features);
  const [values, instances, size] = features.shape as [number, number, number];
  if (values < 2 || instances < 2) {
    throw new VitrineError(
      'bad-argument',
      `"features" expected two values and two instances or more, got ${values} and ${instances}`,
    );
  }
  const all = Matrix.from1DArray(values * instances, size, features.data);
  const centred = all.subRowVector(all.mean('column'));
  const rowsBy = (place: (row: number) => number, count: number): Matrix => {
    const means = Matrix.zeros(count, size);
    for (let row = 0; row < centred.rows; row++) {
      means.setRow(place(row), Matrix.add(means.getRowVector(place(row)), centred.getRowVector(row)));
    }
    return means.mul(count / centred.rows);
  };
  const levelOf = (row: number): number => Math.floor(row / instances);
  const instanceOf = (row: number): number => row % instances;
  const [byValue, byInstance] = [rowsBy(levelOf, values), rowsBy(instanceOf, instances)];
  const rest = centred.clone();
  for (let row = 0; row < rest.rows; row++) {
    const explained = Matrix.add(byValue.getRowVector(levelOf(row)), byInstance.getRowVector(instanceOf(row)));
    rest.setRow(row, Matrix.sub(rest.getRowVector(row), explained));
  }
  const whole = squares(centred) / centred.rows;
  if (whole === 0)
    throw new VitrineError('bad-argument', '"features" expected features that vary, got the same everywhere');
  const component = (rows: Matrix): VarianceComponent => componentOf(rows, whole, wanted);
  return { factor: component(byValue), instance: component(byInstance), residual: component(rest) };
}

function componentOf(rows: Matrix, whole: number, wanted: number): VarianceComponent {
  // The smaller one of the two products has the same eigenvalues but for zeros.
  const product = rows.rows < rows.columns ? rows.mmul(rows.transpose()) : rows.transpose().mmul(rows);
  const { realEigenvalues } = new EigenvalueDecomposition(product, { assumeSymmetric: true });
  const variances = Float64Array.from(realEigenvalues, (value) => Math.max(0, value) / rows.rows)
    .sort()
    .reverse();
  const own = squares(rows) / rows.rows;
  return { share: own / whole, variances, dimension: dimensionOf(variances, wanted * own) };
}

function dimensionOf(variances: Float64Array, enough: number): number {
  let sum = 0;
  let count = 0;
  while (count < variances.length && sum < enough * (1 - 1e-9)) {
    sum += variances[count] as number;
    count++;
  }
  return count;
}

function squares(rows: Matrix): number {
  return rows.to1DArray().reduce((sum, value) => sum + value * value, 0);
}

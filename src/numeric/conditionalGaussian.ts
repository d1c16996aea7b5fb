import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { NdArray } from './ndarray.ts';
import type { Random } from './random.ts';

/** A normal distribution of vectors. */
export interface Gaussian {
  readonly mean: Float64Array;
  /** `[d, d]` */
  readonly covariance: NdArray<Float64Array>;
}

/** What is left open of a normal distribution where some elements are known. */
export interface ConditionalGaussian {
  /** The mean of the other elements, in their order, given the values of the known ones. */
  mean(known: ArrayLike<number>): Float64Array;
  /** Their covariance, whatever the known values are. */
  readonly covariance: NdArray<Float64Array>;
  /** A draw of the other elements, given the values of the known ones. */
  sample(known: ArrayLike<number>, random: Random): Float64Array;
}

/**
 * The distribution of the other elements given the known ones:
 * $\mu_{w|c} = \mu_w + \Sigma_{wc} \Sigma_{cc}^{-1} (x_c - \mu_c)$,
 * $\Sigma_{w|c} = \Sigma_{ww} - \Sigma_{wc} \Sigma_{cc}^{-1} \Sigma_{cw}$.
 *
 * Where a matrix is not positive definite, as with fewer samples than elements, a little of its mean variance is added to
 * the diagonal.
 *
 * @param known positions of the known elements; none leaves the distribution as it is.
 */
export function conditionalGaussian({ mean, covariance }: Gaussian, known: readonly number[]): ConditionalGaussian {
  const isKnown = new Set(known);
  const open = Array.from(mean.keys()).filter((i) => !isKnown.has(i));
  const full = Matrix.from1DArray(mean.length, mean.length, covariance.data);
  const gain = gainOf(full, open, known);
  const left = full.selection(open, open);
  if (known.length > 0) left.sub(symmetric(gain.mmul(full.selection([...known], open))));
  const factor = definite(left).lowerTriangularMatrix;
  const meanGiven = (values: ArrayLike<number>): Float64Array => {
    const gap = Float64Array.from(known, (at, i) => (values[i] as number) - (mean[at] as number));
    return Float64Array.from(open, (at, row) => (mean[at] as number) + dotRow(gain, row, gap));
  };
  return {
    mean: meanGiven,
    covariance: { shape: [open.length, open.length], data: Float64Array.from(left.to1DArray()) },
    sample(values, { normal }) {
      const noise = Float64Array.from(open, normal);
      return meanGiven(values).map((value, row) => value + dotRow(factor, row, noise));
    },
  };
}

/** $\Sigma_{wc} \Sigma_{cc}^{-1}$. */
function gainOf(full: Matrix, open: number[], known: readonly number[]): Matrix {
  if (known.length === 0) return Matrix.zeros(open.length, 0);
  const given = [...known];
  return definite(full.selection(given, given)).solve(full.selection(given, open)).transpose();
}

/** Without what rounding makes of the two halves. */
function symmetric(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}

/** The factors of a matrix with as much added to its diagonal as makes it positive definite. */
function definite(matrix: Matrix): CholeskyDecomposition {
  const scale = Math.abs(matrix.trace()) / matrix.rows || 1;
  for (let share = 1e-10; ; share *= 10) {
    const factors = new CholeskyDecomposition(Matrix.add(matrix, Matrix.eye(matrix.rows, matrix.rows, share * scale)));
    if (factors.isPositiveDefinite()) return factors;
  }
}

function dotRow(matrix: Matrix, row: number, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += matrix.get(row, i) * (vector[i] as number);
  return sum;
}

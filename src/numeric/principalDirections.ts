import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { descendingOrder } from './ranks.ts';

/** The axes along which vectors vary, the greatest variance first. */
export interface PrincipalDirections {
  readonly variances: Float64Array;
  /** Of unit length, one to a variance. */
  readonly directions: readonly Float64Array[];
}

/** The eigenvalues and eigenvectors of a covariance `[length, length]`; rounding below 0 is 0. */
export function principalDirections(covariance: Float64Array): PrincipalDirections {
  const length = Math.sqrt(covariance.length);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(length, length, covariance),
    { assumeSymmetric: true },
  );
  const order = descendingOrder(realEigenvalues);
  return {
    variances: Float64Array.from(order, (place) => Math.max(0, realEigenvalues[place] as number)),
    directions: Array.from(order, (place) => Float64Array.from(eigenvectorMatrix.getColumn(place))),
  };
}

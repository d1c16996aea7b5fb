import { descendingOrder } from '../correlation.ts';
import type { Sliced } from '../sliced.ts';
import { symmetricEigen } from './symmetricEigen.ts';

/** The axes along which vectors vary, the greatest variance first. */
export interface PrincipalDirections {
  readonly variances: Float64Array;
  /** Of unit length, one to a variance. */
  readonly directions: readonly Float64Array[];
}

/** The eigenvalues and eigenvectors of a covariance `[length, length]`; rounding below 0 is 0. */
export function* principalDirections(covariance: Float64Array): Sliced<PrincipalDirections> {
  const length = Math.sqrt(covariance.length);
  const { values, vectors } = yield* symmetricEigen(covariance, length);
  const order = descendingOrder(values);
  return {
    variances: Float64Array.from(order, (place) => Math.max(0, values[place] as number)),
    directions: Array.from(order, (place) => vectors.slice(place * length, (place + 1) * length)),
  };
}

import { VitrineError } from '../errors.ts';
import { isSliced, type Sliced } from '../sliced.ts';
import { addScaled, dot } from './vectors.ts';

/** A symmetric positive definite system of linear equations. */
export interface LinearSystem {
  /** Writes the product of the matrix with `vector` to `product`, in slices where that takes long. */
  readonly multiply: (vector: Float64Array, product: Float64Array) => void | Sliced<void>;
  /** The diagonal of the matrix. */
  readonly diagonal: Float64Array;
  readonly right: Float64Array;
}

/** About how many operations a step takes for each unknown, the product with a sparse matrix included. */
const STEP = 50;

/**
 * Solves $A x = b$ by conjugate gradients, with the diagonal as preconditioner.
 *
 * Source: Hestenes and Stiefel 1952, "Methods of conjugate gradients for solving linear systems", §3.
 *
 * @param tolerance at which $|b - A x| / |b|$ is small enough; 1e-10 by default.
 * @throws {VitrineError} if that is not reached: the matrix is not positive definite.
 */
export function* conjugateGradient(
  { multiply, diagonal, right }: LinearSystem,
  tolerance = 1e-10,
): Sliced<Float64Array> {
  const x = new Float64Array(right.length);
  const residual = right.slice();
  const goal = tolerance * tolerance * dot(right, right);
  let conditioned = residual.map((value, i) => value / (diagonal[i] as number));
  const direction = conditioned.slice();
  const product = new Float64Array(right.length);
  let slope = dot(residual, conditioned);
  // Without rounding as many steps as unknowns would do.
  for (let step = 0; step < 10 * right.length + 100; step++) {
    if (dot(residual, residual) <= goal) return x;
    const work = multiply(direction, product);
    if (isSliced(work)) yield* work;
    const length = slope / dot(direction, product);
    addScaled(x, length, direction);
    addScaled(residual, -length, product);
    conditioned = residual.map((value, i) => value / (diagonal[i] as number));
    const next = dot(residual, conditioned);
    const share = next / slope;
    for (let i = 0; i < direction.length; i++) {
      direction[i] = (conditioned[i] as number) + share * (direction[i] as number);
    }
    slope = next;
    yield STEP * right.length;
  }
  throw new VitrineError(
    'failed',
    `conjugate gradients found no solution of ${right.length} equations to ${tolerance}`,
  );
}

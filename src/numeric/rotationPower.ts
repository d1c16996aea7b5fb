import { Matrix } from 'ml-matrix';
import { assertNumber } from './check.ts';
import type { NdArray } from './ndarray.ts';
import type { RotationPlanes } from './rotationPlanes.ts';

/**
 * The power $Q^\alpha$ of a rotation, `[n, n]`: the turn by $\alpha\theta$ of each plane that $Q$ turns by $\theta$.
 *
 * With the planes as blocks $T$ in a basis $B$, $Q^\alpha = I + B^T (T^\alpha - I) B$, which for α = 0 is exactly $I$.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", §3.2.
 *
 * @throws {RangeError} if `alpha` is not finite.
 */
export function rotationPower({ size, basis, planes }: RotationPlanes, alpha: number): NdArray<Float64Array> {
  assertNumber('alpha', alpha);
  const vectors = Matrix.from1DArray(size, size, basis);
  const moved = Matrix.zeros(size, size);
  for (const { first, second, angle } of planes) {
    const [u, v] = [vectors.getRowVector(first), vectors.getRowVector(second)];
    const sine = Math.sin(alpha * angle);
    // cos − 1, without cancellation.
    const less = -2 * Math.sin((alpha * angle) / 2) ** 2;
    moved.setRow(first, Matrix.mul(u, less).sub(Matrix.mul(v, sine)));
    moved.setRow(second, Matrix.mul(u, sine).add(Matrix.mul(v, less)));
  }
  const power = Matrix.eye(size).add(vectors.transpose().mmul(moved));
  return { shape: [size, size], data: Float64Array.from(power.to1DArray()) };
}

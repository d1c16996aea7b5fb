import { assertNumber } from '../check.ts';
import { transposedProduct } from '../linear/vectors.ts';
import type { NdArray } from '../ndarray.ts';
import type { Sliced } from '../sliced.ts';
import type { RotationPlanes } from './rotationPlanes.ts';

/**
 * The power $Q^\alpha$ of a rotation, `[n, n]`: the turn by $\alpha\theta$ of each plane that $Q$ turns by $\theta$.
 *
 * With the planes as blocks $T$ in a basis $B$, $Q^\alpha = I + B^T (T^\alpha - I) B$, which for α = 0 is exactly $I$.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", §3.2.
 *
 * @throws {VitrineError} if `alpha` is not finite.
 */
export function* rotationPower({ size, basis, planes }: RotationPlanes, alpha: number): Sliced<NdArray<Float64Array>> {
  assertNumber('alpha', alpha);
  const moved = new Float64Array(size * size);
  for (const { first, second, angle } of planes) {
    const sine = Math.sin(alpha * angle);
    // cos − 1, without cancellation.
    const less = -2 * Math.sin((alpha * angle) / 2) ** 2;
    for (let i = 0; i < size; i++) {
      const [u, v] = [basis[first * size + i] as number, basis[second * size + i] as number];
      moved[first * size + i] = less * u - sine * v;
      moved[second * size + i] = sine * u + less * v;
    }
  }
  const power = yield* transposedProduct(basis, moved, size);
  for (let place = 0; place < power.length; place += size + 1) power[place]! += 1;
  return { shape: [size, size], data: power };
}

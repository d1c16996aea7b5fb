import { assertInteger, assertRoom } from '../../numeric/check.ts';
import { norm } from '../../numeric/linear/vectors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';

/** Options of {@link randomDirections}. */
export interface RandomDirectionsOptions {
  /** How many directions. */
  readonly count: number;
  /** Among how many units. */
  readonly units: number;
  /** Of the directions; 0 by default. */
  readonly seed?: number;
}

/**
 * Random directions among units, all equally likely: normal numbers, divided by the length of the vector.
 *
 * @param options `count`, `units`, `seed`; direction i depends on the seed and on i alone.
 * @returns vectors of unit length, `[count, units]`, for `topImages` and `directionDissection`.
 * @throws {VitrineError} if `count` or `units` is no integer of at least 1, or the seed no integer.
 * @example
 * ```ts
 * import { randomDirections, topImages } from 'vitrine';
 * const direction = randomDirections({ count: 3, units: 12, seed: 1 });
 * const images = await topImages(model, [x], { layer: 'conv3', direction, count: 2 });
 * console.log(images.length); // 3
 * ```
 */
export function randomDirections({ count, units, seed = 0 }: RandomDirectionsOptions): NdArray {
  assertInteger('count', count, [1, Number.MAX_SAFE_INTEGER]);
  assertInteger('units', units, [1, Number.MAX_SAFE_INTEGER]);
  assertRoom('count', [count, units]);
  const data = new Float32Array(count * units);
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from({ length: units }, random(seed, i).normal);
    const length = norm(vector);
    data.set(
      vector.map((value) => value / length),
      i * units,
    );
  }
  return { shape: [count, units], data };
}

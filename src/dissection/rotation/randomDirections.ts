import { assertRoom } from '../../numeric/check.ts';
import { norm } from '../../numeric/linear/vectors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, required, safeInteger } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';

/** Options of {@link randomDirections}. */
export interface RandomDirectionsOptions {
  /** How many directions. */
  readonly count: number;
  /** Among how many units. */
  readonly unitCount: number;
  /** Of the directions; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<RandomDirectionsOptions> = {
  count: required(integer(1)),
  unitCount: required(integer(1)),
  seed: safeInteger,
};

/**
 * Random directions among units, all equally likely: normal numbers, divided by the length of the vector.
 *
 * @param options `count`, `unitCount`, `seed`; direction i depends on the seed and on i alone.
 * @returns vectors of unit length, `[count, unitCount]`, for `topImages` and `directionDissection`.
 * @throws {VitrineError} if `count` or `unitCount` is no integer of at least 1, or the seed no integer.
 * @example
 * ```ts
 * import { topImages } from 'vitrine';
 * import { randomDirections } from 'vitrine/dissection';
 * const direction = randomDirections({ count: 3, unitCount: 12, seed: 1 });
 * const images = await topImages(model, [x], { layer: 'conv3', direction, count: 2 });
 * console.log(images.length); // 3
 * ```
 */
export function randomDirections(options: RandomDirectionsOptions): NdArray {
  assertOptions(options, checks);
  const { count, unitCount: units, seed = 0 } = options;
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

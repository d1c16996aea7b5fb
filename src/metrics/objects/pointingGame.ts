import { isConstant } from '../../numeric/correlation.ts';
import { placeAt } from '../../numeric/ndarray.ts';
import { assertOptions, number } from '../../numeric/options.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { type Located, locate, type ObjectMask } from './masks.ts';

/** Options of {@link pointingGame}. */
export interface PointingGameOptions {
  /** How far in pixels the maximum may lie from the object; 15 by default, which is meant for photos of 224 and more. */
  readonly tolerance?: number;
}

/**
 * Pointing game: whether the maximum of a map lies on the object.
 *
 * $1[\min_{i \in M} \lVert i - \arg\max_j R_j \rVert \le \tau]$: a hit if some pixel of the mask lies within the
 * tolerance (Euclidean distance) of the largest signed value. The mean over the examples of a class, then over classes,
 * is the accuracy of the paper.
 *
 * Source: Zhang et al. 2016, "Top-down neural attention by excitation backprop", §4.1.
 *
 * @param map an attribution or its map, `[n, h, w]`, `[n, h, w, c]` with channels that are summed, or one map `[h, w]`; of
 * volumes `[n, d, h, w]` or `[n, d, h, w, c]`.
 * @param mask where the object is, `[n, h, w]` or `[h, w]` (of volumes `[n, d, h, w]` or `[d, h, w]`); what is not zero is
 * inside.
 * @param options `tolerance`.
 * @returns 1 or 0 per example, NaN for an empty mask or a map that is the same everywhere; of several maxima the first
 * counts.
 * @throws {VitrineError} if the mask does not fit the map, or the map is not finite.
 * @example
 * ```ts
 * import { gradCam, pointingGame } from 'vitrine';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 < 8)) };
 * const { score } = pointingGame(await gradCam(model, x), mask, { tolerance: 1 });
 * ```
 */
export function pointingGame(map: GivenMap, mask: ObjectMask, options: PointingGameOptions = {}): MetricResult {
  assertOptions(options, { tolerance: number(0) });
  const { tolerance = 15 } = options;
  return locate(map, mask, {
    metric: 'pointingGame',
    score: (located) => (isConstant(located.values) ? Number.NaN : Number(distanceTo(located) <= tolerance)),
  });
}

/** From the first maximum to the nearest position inside. */
function distanceTo({ values, inside, shape }: Located): number {
  const top = values.indexOf(values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY));
  const at = placeAt(top, shape);
  const distance = (place: number): number =>
    Math.hypot(...placeAt(place, shape).map((index, axis) => index - (at[axis] as number)));
  return inside.reduce((least, is, i) => (is ? Math.min(least, distance(i)) : least), Number.POSITIVE_INFINITY);
}

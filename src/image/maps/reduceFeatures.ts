import { assertArray } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { MapArray } from '../types.ts';
import { type ChannelReduction, withoutLastAxis } from './reduceChannels.ts';

/**
 * Brings the features of a map over words to one number per word.
 *
 * `'sum'` keeps signs and the total, so that a complete map stays complete; `'l2'` and `'maxAbs'` are how much a word
 * matters, whichever way. {@link reduceChannels} does the same for pictures, whose maps without channels have as many axes.
 *
 * @param map `[n, words, features]`, such as the map of a token input at its embedding.
 * @param kind `'sum'`, `'mean'`, `'maxAbs'` or `'l2'`.
 * @returns `[n, words]`.
 * @throws {VitrineError} if the map has other axes or the reduction is unknown.
 * @example
 * ```ts
 * import { reduceFeatures } from 'vitrine/image';
 * const perWord = reduceFeatures({ shape: [1, 2, 3], data: Float32Array.of(1, 2, -1, 0, 0.5, 0) });
 * console.log(perWord); // { shape: [1, 2], data: [2, 0.5] }
 * ```
 */
export function reduceFeatures(map: MapArray, kind: ChannelReduction = 'sum'): NdArray {
  assertArray('map', map, [3]);
  return withoutLastAxis(map, kind);
}

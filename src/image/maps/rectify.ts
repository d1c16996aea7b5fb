import { assertArray } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { MapArray } from '../types.ts';

/**
 * Keeps what is positive in a map, $[M]_+ = \max(M, 0)$. NaN stays.
 *
 * @param map any shape.
 * @returns an array of the same shape.
 * @throws {VitrineError} if the argument is no array.
 * @example
 * ```ts
 * import { isEmpty, rectify } from 'vitrine';
 * const evidence = rectify(map);
 * if (isEmpty(evidence)[0]) console.log('nothing speaks for the target');
 * ```
 */
export function rectify(map: MapArray): NdArray {
  assertArray('map', map, [1, 2, 3, 4, 5, 6]);
  return { shape: [...map.shape], data: Float32Array.from(map.data, (value) => Math.max(value, 0)) };
}

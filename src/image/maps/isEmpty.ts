import { assertArray } from '../../numeric/check.ts';
import type { MapArray } from '../types.ts';

/**
 * Which maps hold nothing but zeros.
 *
 * A rectified map is empty where there is no evidence for the target; {@link normalize} leaves it empty rather than
 * blowing it up.
 *
 * @param map `[n, h, w, c]`, `[n, h, w]`, or one map `[h, w]`; of volumes `[n, d, h, w, c]` or `[n, d, h, w]`.
 * @returns a boolean per map.
 * @throws {VitrineError} if the argument is no such array.
 * @example
 * ```ts
 * import { isEmpty } from 'vitrine';
 * const [empty] = isEmpty(map);
 * ```
 */
export function isEmpty(map: MapArray): readonly boolean[] {
  assertArray('map', map, [2, 3, 4, 5]);
  const count = map.shape.length === 2 ? 1 : (map.shape[0] as number);
  const length = map.data.length / count;
  return Array.from({ length: count }, (_, i) =>
    map.data.subarray(i * length, (i + 1) * length).every((value) => value === 0),
  );
}

import { assertInteger } from '../../numeric/check.ts';
import { assertOptions, integer } from '../../numeric/options.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { locate, type ObjectMask } from './masks.ts';
import { shareOfTop } from './relevanceRank.ts';

/** Options of {@link topKIntersection}. */
export interface TopKOptions {
  /** The number of most relevant pixels; 1000 by default, or all where there are fewer. */
  readonly count?: number;
}

/**
 * Top-k intersection: the share of the k most relevant pixels that lies on the object.
 *
 * $|\mathrm{top}_k \cap M| / k$, by signed values.
 *
 * Source: Theiner, Müller-Budack and Ewerth 2022, "Interpretable semantic photo geolocation", §4.4.
 *
 * @param map as for {@link pointingGame}.
 * @param mask as for {@link pointingGame}.
 * @param options `count`.
 * @returns the share per example, NaN for an empty mask or a map that is the same everywhere.
 * @throws {VitrineError} if there are fewer than `count` pixels; else as {@link pointingGame}.
 * @example
 * ```ts
 * import { gradCam, topKIntersection } from 'vitrine';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 < 8)) };
 * const { score } = topKIntersection(await gradCam(model, x), mask, { count: 20 });
 * ```
 */
export function topKIntersection(map: GivenMap, mask: ObjectMask, options: TopKOptions = {}): MetricResult {
  assertOptions(options, { count: integer(1) });
  return locate(map, mask, {
    metric: 'topKIntersection',
    score: (located) => {
      const pixels = located.values.length;
      const top = options.count ?? Math.min(1000, pixels);
      assertInteger('count', top, [1, pixels]);
      return shareOfTop(located, top);
    },
  });
}

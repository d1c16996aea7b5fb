import { descendingOrder, isConstant } from '../../numeric/correlation.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { type Located, locate, type ObjectMask } from './masks.ts';

/**
 * Relevance rank accuracy: how much of the object the same number of most relevant pixels covers.
 *
 * $|\mathrm{top}_K \cap M| / K$ with $K = |M|$, by signed values.
 *
 * Source: Arras, Osman and Samek 2022, "CLEVR-XAI", §3.3.
 *
 * @param map as for {@link pointingGame}.
 * @param mask as for {@link pointingGame}.
 * @returns the share per example, NaN for an empty mask or a map that is the same everywhere. Of equal values the one
 * with the lower index counts as more relevant.
 * @throws as {@link pointingGame}.
 * @example
 * ```ts
 * import { gradCam, relevanceRank } from 'vitrine';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 < 8)) };
 * const { score } = relevanceRank(await gradCam(model, x), mask);
 * ```
 */
export function relevanceRank(map: GivenMap, mask: ObjectMask): MetricResult {
  return locate(map, mask, { metric: 'relevanceRank', score: (located) => shareOfTop(located, located.size) });
}

/** The share of so many of the most relevant positions that lies inside; NaN without an order. */
export function shareOfTop({ values, inside }: Located, count: number): number {
  if (isConstant(values)) return Number.NaN;
  return (
    descendingOrder(values)
      .subarray(0, count)
      .filter((position) => inside[position]).length / count
  );
}

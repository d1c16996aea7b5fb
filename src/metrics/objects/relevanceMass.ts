import type { GivenMap, MetricResult } from '../types.ts';
import { type Located, locate, type ObjectMask } from './masks.ts';

/**
 * Relevance mass accuracy, also called the energy-based pointing game: the share of the positive relevance that lies on
 * the object.
 *
 * $\sum_{i \in M} [R_i]_+ / \sum_i [R_i]_+$.
 *
 * Source: Arras, Osman and Samek 2022, "CLEVR-XAI", §3.3; Wang et al. 2020, "Score-CAM", §4.3.
 *
 * @param map as for {@link pointingGame}.
 * @param mask as for {@link pointingGame}.
 * @returns the share per example, NaN for an empty mask or a map without positive values.
 * @throws as {@link pointingGame}.
 * @example
 * ```ts
 * import { gradCam, relevanceMass } from 'vitrine';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 < 8)) };
 * const { score } = relevanceMass(await gradCam(model, x), mask);
 * ```
 */
export function relevanceMass(map: GivenMap, mask: ObjectMask): MetricResult {
  return locate(map, mask, { metric: 'relevanceMass', score: positiveShare });
}

/** The share of the positive values that lies inside. */
export function positiveShare({ values, inside }: Located): number {
  let [within, total] = [0, 0];
  values.forEach((value, i) => {
    const positive = Math.max(value, 0);
    total += positive;
    if (inside[i]) within += positive;
  });
  return within / total;
}

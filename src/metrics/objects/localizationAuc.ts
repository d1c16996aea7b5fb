import { rocAuc } from '../../numeric/correlation.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { locate, type ObjectMask } from './masks.ts';

/**
 * Localisation AUC: how well the map, taken as a detector of the object's pixels, tells them from the others.
 *
 * $P(R_i > R_j) + \frac12 P(R_i = R_j)$ for a pixel $i$ of the object and a pixel $j$ outside, which is the area under
 * the receiver operating characteristic; 0.5 is chance.
 *
 * Source: Fawcett 2006, "An introduction to ROC analysis", §7.
 *
 * @param map as for {@link pointingGame}.
 * @param mask as for {@link pointingGame}.
 * @returns the area per example, NaN where the mask is empty or covers everything; 0.5 for a constant map.
 * @throws as {@link pointingGame}.
 * @example
 * ```ts
 * import { gradCam, localizationAuc } from 'vitrine';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 < 8)) };
 * const { score } = localizationAuc(await gradCam(model, x), mask);
 * ```
 */
export function localizationAuc(map: GivenMap, mask: ObjectMask): MetricResult {
  return locate(map, mask, { metric: 'localizationAuc', score: ({ values, inside }) => rocAuc(values, inside) });
}

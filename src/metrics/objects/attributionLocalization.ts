import { assertOptions, flag } from '../../numeric/options.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { locate, type ObjectMask } from './masks.ts';
import { positiveShare } from './relevanceMass.ts';

/** Options of {@link attributionLocalization}. */
export interface AttributionLocalizationOptions {
  /** Whether the share is multiplied by all pixels per pixel of the object, so that 1 is what chance gives; false by default. */
  readonly weighted?: boolean;
}

/**
 * Attribution localisation: the share of the positive relevance that lies inside the object, if wanted in relation to
 * the object's size.
 *
 * $\mu = \sum_{i \in M} [R_i]_+ / \sum_i [R_i]_+$, weighted $\mu \cdot hw / |M|$.
 *
 * Source: Kohlbrenner et al. 2020, "Towards best practice in explaining neural network decisions with LRP", Eqs. (9)
 * and (10).
 *
 * @param map as for {@link pointingGame}.
 * @param mask as for {@link pointingGame}.
 * @param options `weighted`.
 * @returns the share per example, NaN for an empty mask or a map without positive values.
 * @throws as {@link pointingGame}.
 * @example
 * ```ts
 * import { attributionLocalization, gradCam } from 'vitrine';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 < 8)) };
 * const { score } = attributionLocalization(await gradCam(model, x), mask, { weighted: true });
 * ```
 */
export function attributionLocalization(
  map: GivenMap,
  mask: ObjectMask,
  options: AttributionLocalizationOptions = {},
): MetricResult {
  assertOptions(options, { weighted: flag });
  const { weighted = false } = options;
  return locate(map, mask, {
    metric: 'attributionLocalization',
    score: (located) => positiveShare(located) * (weighted ? located.values.length / located.size : 1),
  });
}

import { assertNumber } from '../../numeric/check.ts';
import { rangeOf } from '../../numeric/rangeOf.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { ofMagnitudes } from './magnitudes.ts';

/** Options of {@link effectiveComplexity}. */
export interface EffectiveComplexityOptions {
  /** The share of the greatest magnitude from which on a pixel counts; 1e-5 by default. */
  readonly threshold?: number;
}

/**
 * Effective complexity: the number of pixels whose magnitude is more than a share of the greatest.
 *
 * $|\{i : |R_i| > \varepsilon \max_j |R_j|\}|$.
 *
 * Source: Nguyen and Martínez 2020, "On quantitative aspects of model interpretability", §3.3.
 *
 * @param map as for {@link sparseness}.
 * @param options `threshold`.
 * @returns the number per example, of which less is better; 0 for a map of zeros.
 * @throws as {@link sparseness}.
 * @example
 * ```ts
 * import { effectiveComplexity, gradCam } from 'vitrine';
 * const { score } = effectiveComplexity(await gradCam(model, x), { threshold: 0.1 });
 * ```
 */
export function effectiveComplexity(
  map: GivenMap,
  { threshold = 1e-5 }: EffectiveComplexityOptions = {},
): MetricResult {
  assertNumber('threshold', threshold, 0);
  return ofMagnitudes(map, {
    metric: 'effectiveComplexity',
    higherIsBetter: false,
    score: (values) => {
      const least = threshold * rangeOf(values).high;
      return values.filter((value) => value > least).length;
    },
  });
}

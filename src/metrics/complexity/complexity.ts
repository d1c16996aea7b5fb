import { entropy } from '../../numeric/entropy.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { ofMagnitudes } from './magnitudes.ts';

/**
 * Complexity: the entropy of the magnitudes of a map, in nats.
 *
 * $-\sum_i p_i \ln p_i$ with $p_i = |R_i| / \sum_j |R_j|$: 0 where only one pixel is not zero, $\ln n$ where all have
 * the same magnitude.
 *
 * Source: Bhatt, Weller and Moura 2020, "Evaluating and aggregating feature-based model explanations", §3.
 *
 * @param map as for {@link sparseness}.
 * @returns the entropy per example, of which less is better; NaN for a map of zeros.
 * @throws as {@link sparseness}.
 * @example
 * ```ts
 * import { complexity, gradCam } from 'vitrine';
 * const { score } = complexity(await gradCam(model, x));
 * ```
 */
export function complexity(map: GivenMap): MetricResult {
  return ofMagnitudes(map, { metric: 'complexity', score: entropy, higherIsBetter: false });
}

import { gini } from '../../numeric/gini.ts';
import type { GivenMap, MetricResult } from '../types.ts';
import { ofMagnitudes } from './magnitudes.ts';

/**
 * Sparseness: how unevenly the magnitude of a map is spread over the pixels.
 *
 * The Gini index $\sum_i (2i - n - 1)\,a_{(i)} / (n \sum_i a_i)$ of $a = |R|$ in ascending order: 0 where all pixels
 * have the same magnitude, $1 - 1/n$ where only one is not zero.
 *
 * Source: Chalasani et al. 2020, "Concise explanations of neural networks using adversarial training", §3.
 *
 * @param map an attribution or its map, `[n, h, w]`, `[n, h, w, c]` with channels that are summed first, or one `[h, w]`.
 * @returns the index per example, NaN for a map of zeros.
 * @throws {RangeError} if the map is not finite.
 * @example
 * ```ts
 * import { gradCam, sparseness } from 'vitrine';
 * const { score } = sparseness(await gradCam(model, x));
 * ```
 */
export function sparseness(map: GivenMap): MetricResult {
  return ofMagnitudes(map, { metric: 'sparseness', score: gini, higherIsBetter: true });
}

import { assertOptions, type OptionChecks, share } from '../../numeric/options.ts';
import { entropy, gini, rangeOf } from '../../numeric/statistics.ts';
import { pixelsOf } from '../givenMap.ts';
import type { GivenMap, MetricResult } from '../types.ts';

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
 * @throws {VitrineError} if the map is not finite.
 * @example
 * ```ts
 * import { gradCam, sparseness } from 'vitrine';
 * const { score } = sparseness(await gradCam(model, x));
 * ```
 */
export function sparseness(map: GivenMap): MetricResult {
  return ofMagnitudes(map, { metric: 'sparseness', score: gini, higherIsBetter: true });
}

/** Options of {@link effectiveComplexity}. */
export interface EffectiveComplexityOptions {
  /** The share of the greatest magnitude from which on a pixel counts; 1e-5 by default. */
  readonly share?: number;
}

const checks: OptionChecks<EffectiveComplexityOptions> = { share };

/**
 * Effective complexity: the number of pixels whose magnitude is more than a share of the greatest.
 *
 * $|\{i : |R_i| > \varepsilon \max_j |R_j|\}|$.
 *
 * Source: Nguyen and Martínez 2020, "On quantitative aspects of model interpretability", §3.3.
 *
 * @param map as for {@link sparseness}.
 * @param options `share`.
 * @returns the number per example, of which less is better; 0 for a map of zeros.
 * @throws as {@link sparseness}.
 * @example
 * ```ts
 * import { effectiveComplexity, gradCam } from 'vitrine';
 * const { score } = effectiveComplexity(await gradCam(model, x), { share: 0.1 });
 * ```
 */
export function effectiveComplexity(map: GivenMap, options: EffectiveComplexityOptions = {}): MetricResult {
  assertOptions(options, checks);
  const { share: least = 1e-5 } = options;
  return ofMagnitudes(map, {
    metric: 'effectiveComplexity',
    higherIsBetter: false,
    score: (values) => {
      const bound = least * rangeOf(values).high;
      return values.filter((value) => value > bound).length;
    },
  });
}

/** A score per example of the magnitudes of a map, channels summed first. */
function ofMagnitudes(
  map: GivenMap,
  { score, ...named }: Pick<MetricResult, 'metric' | 'higherIsBetter'> & { score: (values: Float64Array) => number },
): MetricResult {
  const { examples } = pixelsOf(map);
  return { ...named, score: Float32Array.from(examples, (values) => score(values.map(Math.abs))) };
}

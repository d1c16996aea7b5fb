import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions } from '../../network/types2.ts';
import type { MetricResult } from '../types.ts';
import { nearbyMaps, relativeChange, type SensitivityOptions } from './nearbyMaps.ts';

/**
 * Max-sensitivity: the greatest relative change of a map among inputs near x.
 *
 * $\max_{x'} \lVert \phi(x') - \phi(x) \rVert / \lVert \phi(x) \rVert$ over random $x'$ no element of which is
 * further from $x$ than the radius, with Euclidean norms over all elements. A predicted class is the one at x.
 *
 * Source: Yeh et al. 2019, "On the (in)fidelity and sensitivity of explanations", Definition 3.1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `explainer` (required), `samples`, `radius`, `perturbed`, `seed`, `target`, `scale` (that of the
 * explainer by default).
 * @returns the greatest ratio per example, NaN where the map at x is zero; `curve` `[n, samples]` has all ratios. Less
 * is better.
 * @throws {RangeError} if `samples` < 1, `radius` < 0, or given inputs have another shape; else what the explainer throws.
 * @example
 * ```ts
 * import { gradient, maxSensitivity } from 'vitrine';
 * const { score } = await maxSensitivity(model, x, { explainer: gradient, samples: 3 });
 * ```
 */
export function maxSensitivity(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
): Promise<MetricResult> {
  return nearbyMaps(model, x, options, {
    metric: 'maxSensitivity',
    ratio: relativeChange,
    reduce: (ratios) => Math.max(...ratios),
  });
}

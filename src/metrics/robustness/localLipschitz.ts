import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions } from '../../network/types2.ts';
import type { MetricResult } from '../types.ts';
import { nearbyMaps, type SensitivityOptions } from './nearbyMaps.ts';

/**
 * Local Lipschitz estimate: the greatest change of a map per change of its input, among inputs near x.
 *
 * $\max_{x'} \lVert \phi(x') - \phi(x) \rVert / \lVert x' - x \rVert$, with the inputs and norms of
 * {@link maxSensitivity}. It has a unit: maps of another scale have another estimate.
 *
 * Source: Alvarez-Melis and Jaakkola 2018, "On the robustness of interpretability methods", §2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options as for {@link maxSensitivity}.
 * @returns the greatest ratio per example, NaN if an input does not move; `curve` `[n, samples]`. Less is better.
 * @throws as {@link maxSensitivity}.
 * @example
 * ```ts
 * import { gradient, localLipschitz } from 'vitrine';
 * const { score } = await localLipschitz(model, x, { explainer: gradient, samples: 3 });
 * ```
 */
export function localLipschitz(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
): Promise<MetricResult> {
  return nearbyMaps(model, x, options, {
    metric: 'localLipschitz',
    ratio: ({ map, input }) => map / input,
    reduce: (ratios) => Math.max(...ratios),
  });
}

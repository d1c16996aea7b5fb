import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions } from '../../network/types2.ts';
import type { MetricResult } from '../types.ts';
import { nearbyMaps, relativeChange, type SensitivityOptions } from './nearbyMaps.ts';

/**
 * Average sensitivity: the mean relative change of a map among inputs near x.
 *
 * $E_{x'}[\lVert \phi(x') - \phi(x) \rVert / \lVert \phi(x) \rVert]$, with the inputs and norms of
 * {@link maxSensitivity}.
 *
 * Source: Bhatt, Weller and Moura 2020, "Evaluating and aggregating feature-based model explanations", §3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options as for {@link maxSensitivity}.
 * @returns the mean ratio per example, NaN where the map at x is zero; `curve` `[n, samples]`. Less is better.
 * @throws as {@link maxSensitivity}.
 * @example
 * ```ts
 * import { averageSensitivity, gradCam } from 'vitrine';
 * const { score } = await averageSensitivity(model, x, { explainer: gradCam, samples: 3 });
 * ```
 */
export function averageSensitivity(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
): Promise<MetricResult> {
  return nearbyMaps(model, x, options, {
    metric: 'averageSensitivity',
    ratio: relativeChange,
    reduce: (ratios) => ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
  });
}

import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions } from '../../network/types2.ts';
import type { MetricResult } from '../types.ts';
import { areaUnderCurve, type CurveOptions } from './areaUnderCurve.ts';

/**
 * Insertion: how fast the class's probability rises as the pixels come back into a blurred picture, the most relevant
 * first.
 *
 * $\int_0^1 F(x' \text{ with the first } t \text{ of the pixels of } x)\,dt$ by the trapezoid rule, both ends included.
 *
 * Source: Petsiuk, Das and Saenko 2018, "RISE: randomized input sampling for explanation of black-box models", §4.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options as for {@link deletion}; `baseline` is `'blur'` by default, which needs a picture.
 * @returns the area per example, NaN for a map that is the same everywhere; `curve` `[n, steps + 1]`.
 * @throws as {@link deletion}.
 * @example
 * ```ts
 * import { gradCam, insertion } from 'vitrine';
 * const { score } = await insertion(model, x, { attribution: await gradCam(model, x) });
 * ```
 */
export function insertion(model: Model, x: Input, options: ExplainOptions & CurveOptions): Promise<MetricResult> {
  return areaUnderCurve(model, x, options, {
    metric: 'insertion',
    rows: 'show',
    baseline: 'blur',
    scale: 'probability',
  });
}

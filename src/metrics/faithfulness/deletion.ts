import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions } from '../../network/types2.ts';
import type { MetricResult } from '../types.ts';
import { areaUnderCurve, type CurveOptions } from './areaUnderCurve.ts';

/**
 * Deletion: how fast the class's probability falls as the pixels go, the most relevant first.
 *
 * $\int_0^1 F(x \text{ without the first } t \text{ of its pixels})\,dt$ by the trapezoid rule, both ends included. A
 * small area means that the map finds what the score needs. For a linear model the deletion and the insertion of one
 * order and baseline $x'$ sum to $F(x) + F(x')$.
 *
 * Source: Petsiuk, Das and Saenko 2018, "RISE: randomized input sampling for explanation of black-box models", §4.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `baseline` (`'zero'` by default), `perStep`, `order`, `target` (by default
 * what the attribution explains, else the predicted classes), `scale` (`'probability'` by default; an output that holds none
 * is measured as it is).
 * @returns the area per example, NaN for a map that is the same everywhere and so orders nothing; `curve`
 * `[n, steps + 1]`. Of equal values the one with the lower index counts as more relevant.
 * @throws {RangeError} if the map does not fit the input or is not finite, or an option is out of range.
 * @example
 * ```ts
 * import { deletion, gradientTimesInput } from 'vitrine';
 * const attribution = await gradientTimesInput(model, x);
 * const { score, curve } = await deletion(model, x, { attribution });
 * console.log(score[0], curve!.shape); // curve of 17 points for 16 rows of pixels
 * ```
 */
export function deletion(model: Model, x: Input, options: ExplainOptions & CurveOptions): Promise<MetricResult> {
  return areaUnderCurve(model, x, options, {
    metric: 'deletion',
    rows: 'hide',
    baseline: 'zero',
    scale: 'probability',
  });
}

import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions } from '../../network/types2.ts';
import type { MetricResult } from '../types.ts';
import { areaUnderCurve, type CurveOptions } from './areaUnderCurve.ts';

/**
 * Pixel flipping: how fast the score falls as single elements (row, column and channel) go, the most relevant first.
 *
 * $\int_0^1 F(x \text{ without the first } t \text{ of its elements})\,dt$ by the trapezoid rule, as in
 * {@link deletion}, but each channel of a pixel has its own place in the order. A map without channels counts for all
 * channels of a pixel in equal parts.
 *
 * Source: Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
 * propagation", section "Pixel-flipping".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `baseline` (`'zero'` by default), `perStep` (elements; by default those of a
 * row of the picture), `order`, `target`, `scale` (`'logit'` by default).
 * @returns the area per example, NaN for a map that is the same everywhere; `curve` `[n, steps + 1]`.
 * @throws as {@link deletion}.
 * @example
 * ```ts
 * import { gradientTimesInput, pixelFlipping } from 'vitrine';
 * const { score } = await pixelFlipping(model, x, { attribution: await gradientTimesInput(model, x) });
 * ```
 */
export function pixelFlipping(model: Model, x: Input, options: ExplainOptions & CurveOptions): Promise<MetricResult> {
  return areaUnderCurve(model, x, options, {
    metric: 'pixelFlipping',
    rows: 'hide',
    baseline: 'zero',
    scale: 'logit',
    elements: true,
  });
}

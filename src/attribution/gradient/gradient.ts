import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { backpropagated, type LayerOption } from './backpropagated.ts';

/**
 * The gradient of the explained score with respect to the input: how the score changes with each pixel.
 *
 * $R = \partial F / \partial x$, signed and unnormalised, by one forward and one backward walk.
 *
 * Source: Simonyan, Vedaldi and Zisserman 2014, "Deep inside convolutional networks", §3 (their map is
 * `reduceChannels(values, 'maxAbs')`).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default), and `layer` for the gradient with respect to a layer's
 * output.
 * @returns `values` in the shape of the input (or the layer).
 * @throws {VitrineError} if `x` has another shape or numbers that are not finite, or the target or layer does not exist.
 * @throws {VitrineError} if the score does not depend on the layer.
 * @example
 * ```ts
 * import { gradient } from 'vitrine';
 * const { values, score, target } = await gradient(model, x);
 * console.log(values.shape, score, target); // [2, 16, 16, 3], F(x) and the predicted class of each example
 * ```
 */
export function gradient(model: Model, x: Input, options: ExplainOptions & LayerOption = {}): Promise<Attribution> {
  return backpropagated(model, x, options, { method: 'gradient' });
}

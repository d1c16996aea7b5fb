import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { backpropagated, type LayerOption } from './backpropagated.ts';

/**
 * The input times its gradient: the first-order share of each pixel in the score.
 *
 * $R = x \odot \partial F / \partial x$; its sum is $F(x)$ for networks without biases made of convolutions, ReLU and
 * pooling (Euler's theorem). With `layer`, activation times gradient there.
 *
 * Source: Shrikumar et al. 2016, "Not just a black box", §2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default), `layer`.
 * @returns `values` in the shape of the input (or the layer).
 * @throws as {@link gradient}.
 * @example
 * ```ts
 * import { gradientTimesInput } from 'vitrine';
 * const { values } = await gradientTimesInput(model, x, { target: 1 });
 * ```
 */
export function gradientTimesInput(
  model: Model,
  x: Input,
  options: ExplainOptions & LayerOption = {},
): Promise<Attribution> {
  return backpropagated(model, x, options, { method: 'gradientTimesInput', map: tf.mul });
}

import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../network/types2.ts';
import { classActivationMap } from './cam.ts';
import type { EigenCamOptions } from './eigenCam.ts';
import { principalMap } from './principalMap.ts';

/**
 * Eigen-Grad-CAM: what activation times gradient has most in common over the channels, so that the class counts.
 *
 * $M = (g \odot A) v_1$ with $v_1$ the first right singular vector of the (positions × channels) matrix of $g \odot A$,
 * signed as in {@link eigenCam}.
 *
 * Source: the class-discriminative variant of Muhammad and Yeasin 2020 in the pytorch-grad-cam package.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `center`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { eigenGradCam } from 'vitrine';
 * const { values } = await eigenGradCam(model, x, { layer: 'conv3' });
 * ```
 */
export function eigenGradCam(
  model: Model,
  x: Input,
  { center = true, ...options }: ExplainOptions & EigenCamOptions = {},
): Promise<Attribution> {
  return classActivationMap(model, x, options, {
    method: 'eigenGradCam',
    read: (activations, gradients) => tf.mul(gradients, activations),
    finish: (read) => principalMap(read, center),
  });
}

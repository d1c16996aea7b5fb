import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../network/types2.ts';
import { type CamOptions, classActivationMap } from './cam.ts';
import { principalMap } from './principalMap.ts';

/** The options of {@link eigenCam} and {@link eigenGradCam}. */
export interface EigenCamOptions extends CamOptions {
  /** Whether the mean of each channel is subtracted first; true by default. */
  readonly center?: boolean;
}

/**
 * Eigen-CAM: what the channels of a layer have most in common, whatever the class.
 *
 * $M = A v_1$ with $v_1$ the first right singular vector of the (positions × channels) matrix of activations, its columns
 * centred unless `center` is false (the paper does not centre). A singular vector has no sign: this one makes the
 * uncentred projection sum to zero or more.
 *
 * Source: Muhammad and Yeasin 2020, "Eigen-CAM", §III.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `center`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { eigenCam } from 'vitrine';
 * const { values } = await eigenCam(model, x, { layer: 'conv3' });
 * ```
 */
export function eigenCam(
  model: Model,
  x: Input,
  { center = true, ...options }: ExplainOptions & EigenCamOptions = {},
): Promise<Attribution> {
  return classActivationMap(model, x, options, {
    method: 'eigenCam',
    read: (activations) => tf.clone(activations),
    finish: (read) => principalMap(read, center),
  });
}

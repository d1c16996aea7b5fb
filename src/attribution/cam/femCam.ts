import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import { assertNumber } from '../../numeric/check.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type CamOptions, classActivationMap } from './cam.ts';

/** Which places {@link femCam} counts. */
export interface FemCamOptions extends CamOptions {
  /** How many standard deviations above its mean a channel must be; 2 by default. */
  readonly deviations?: number;
}

/**
 * FEM: the rare strong places of each channel, weighted by its mean, whatever the class.
 *
 * $M = \sum_k \mu_k\, 1[A_k > \mu_k + d\,\sigma_k]$ with mean and standard deviation of channel $k$ over the places.
 *
 * Source: Fuad et al. 2020, "Features understanding in 3D CNNs", §III.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `deviations`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { femCam } from 'vitrine';
 * const { values } = await femCam(model, x, { layer: 'conv3' });
 * ```
 */
export async function femCam(
  model: Model,
  x: Input,
  { deviations = 2, ...options }: ExplainOptions & FemCamOptions = {},
): Promise<Attribution> {
  assertNumber('deviations', deviations);
  return classActivationMap(model, x, options, {
    method: 'femCam',
    read(activations) {
      const { mean, variance } = tf.moments(activations, [1, 2], true);
      const strong = tf.greater(activations, tf.add(mean, tf.mul(deviations, tf.sqrt(variance))));
      return tf.sum(tf.mul(mean, tf.cast(strong, 'float32')), 3);
    },
  });
}

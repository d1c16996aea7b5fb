import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import { assertOptions, number, type OptionChecks } from '../../numeric/options.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type CamOptions, camChecks } from './cam.ts';
import { type WeighedLayer, weighMaps } from './weighMaps.ts';

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
  options: ExplainOptions & FemCamOptions = {},
): Promise<Attribution> {
  assertOptions(options, checks);
  const { deviations = 2, ...rest } = options;
  const weigh = ({ activations }: WeighedLayer): Tensor => {
    const { mean, variance } = tf.moments(activations, [1, 2], true);
    const strong = tf.greater(activations, tf.add(mean, tf.mul(deviations, tf.sqrt(variance))));
    return tf.sum(tf.mul(mean, tf.cast(strong, 'float32')), 3);
  };
  return weighMaps('femCam', weigh)(model, x, rest);
}

const checks: OptionChecks<ExplainOptions & FemCamOptions> = { ...camChecks, deviations: number() };

import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import { assertOptions, flag, type OptionChecks } from '../../numeric/options.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type CamOptions, camChecks } from './cam.ts';
import { type WeighedLayer, weighMaps } from './weighMaps.ts';

/** The options of {@link gradCamPlusPlus}. */
export interface GradCamPlusPlusOptions extends CamOptions {
  /**
   * Whether α is restricted to positions with a positive gradient and scaled to sum 1 per channel, as in the authors'
   * code; false by default, as in their paper.
   */
  readonly normalizeAlpha?: boolean;
}

/**
 * Grad-CAM++: positive gradients weighted by how much of their channel they account for.
 *
 * $w_k = \sum_{ij} \alpha_{ijk} \max(g_{ijk}, 0)$ with
 * $\alpha = g^2 / (2 g^2 + g^3 \sum_{ab} A_{abk})$, zero where $g = 0$; $M = \sum_k w_k A_k$, then $\max(M, 0)$. The
 * factor $e^F$ of the paper scales the whole map and is left out.
 *
 * Source: Chattopadhay et al. 2018, "Grad-CAM++", Eqs. (7) and (19).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `normalizeAlpha`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws as {@link gradCam}.
 * @example
 * ```ts
 * import { gradCamPlusPlus } from 'vitrine';
 * const { values } = await gradCamPlusPlus(model, x, { layer: 'conv3' });
 * ```
 */
export async function gradCamPlusPlus(
  model: Model,
  x: Input,
  options: ExplainOptions & GradCamPlusPlusOptions = {},
): Promise<Attribution> {
  assertOptions(options, checks);
  const { normalizeAlpha = false, ...rest } = options;
  const alpha = normalizeAlpha ? normalizedAlpha : plainAlpha;
  const weigh = ({ activations, gradients }: WeighedLayer): Tensor => {
    const weights = tf.sum(tf.mul(alpha(activations, gradients), tf.relu(gradients)), [1, 2], true);
    return tf.sum(tf.mul(weights, activations), 3);
  };
  return weighMaps('gradCamPlusPlus', weigh)(model, x, rest);
}

const checks: OptionChecks<ExplainOptions & GradCamPlusPlusOptions> = { ...camChecks, normalizeAlpha: flag };

const EPSILON = 1e-6;

/** Eq. (19); where the gradient is zero the numerator is. */
function plainAlpha(activations: Tensor4D, gradients: Tensor4D): Tensor {
  const { numerator, denominator } = fraction(activations, gradients);
  return tf.div(numerator, tf.add(denominator, EPSILON));
}

/** Only positions with a positive gradient and a usable denominator count, and their α sum to 1 per channel. */
function normalizedAlpha(activations: Tensor4D, gradients: Tensor4D): Tensor {
  const { numerator, denominator } = fraction(activations, gradients);
  const counts = tf.logicalAnd(tf.greater(gradients, 0), tf.notEqual(denominator, 0));
  const alpha = tf.where(counts, tf.divNoNan(numerator, denominator), tf.zerosLike(numerator));
  return tf.divNoNan(alpha, tf.sum(alpha, [1, 2], true));
}

function fraction(activations: Tensor4D, gradients: Tensor4D): { numerator: Tensor; denominator: Tensor } {
  const numerator = tf.square(gradients);
  const cubes = tf.mul(numerator, gradients);
  const denominator = tf.add(tf.mul(numerator, 2), tf.mul(tf.sum(activations, [1, 2], true), cubes));
  return { numerator, denominator };
}

import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { SamplerWeights } from './samplers.ts';

/** What moves codes, `[n, size]` each, and how it is weighed. */
export interface Movers {
  /** R(h) − h. */
  readonly prior: Tensor2D;
  /** The gradient of the objective by the codes. */
  readonly condition: Tensor2D;
  /** Standard normal, or in the deviations of codes. */
  readonly noise: Tensor2D | undefined;
  /** The gradient of what is observed by the codes. */
  readonly inpainting: Tensor2D | undefined;
  readonly weights: SamplerWeights;
  /** Whether gradients are brought to the magnitude of the prior. */
  readonly isBalanced: boolean;
  /** By which factors, `[n, 2]`, where these are known. */
  readonly factors: NdArray | undefined;
}

/** Where codes go. */
export interface Direction {
  /** d, `[n, size]`. */
  readonly direction: Tensor2D;
  /** The mean magnitude of each part of d, `[n, 4]`: prior, condition, noise, inpainting. */
  readonly terms: Tensor2D;
  /** What the gradients were multiplied by before they were weighed, `[n, 2]`: condition, inpainting. */
  readonly factors: Tensor2D;
}

/** d = ε₁ (R(h) − h) + ε₂ k J_Gᵀ ∇ log p + ε₃ η + ε₄ k′ J_Gᵀ (x_obs − x) ∘ mask; Eq. (3) and §3.6, Nguyen et al. 2017. */
export function directionOf({ weights, ...movers }: Movers): Direction {
  const { prior, condition } = movers;
  const none = tf.zerosLike(prior);
  const { noise = none, inpainting = none } = movers;
  const factors = factorsOf(movers, { condition, inpainting, prior: tf.mul(prior, weights.prior > 0 ? 1 : 0) });
  const [toCondition, toInpainting] = tf.split(factors, 2, 1) as [Tensor2D, Tensor2D];
  const parts = [
    tf.mul(prior, weights.prior),
    tf.mul(tf.mul(condition, toCondition), weights.condition),
    tf.mul(noise, weights.noise),
    tf.mul(tf.mul(inpainting, toInpainting), weights.inpainting),
  ] as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
  return { direction: tf.addN(parts), terms: tf.concat(parts.map(magnitude), 1) as Tensor2D, factors };
}

function factorsOf(
  { isBalanced, factors }: Pick<Movers, 'isBalanced' | 'factors'>,
  { prior, condition, inpainting }: { prior: Tensor2D; condition: Tensor2D; inpainting: Tensor2D },
): Tensor2D {
  if (factors) return tf.tensor2d(factors.data, factors.shape as [number, number]);
  const ones = tf.ones([prior.shape[0], 2]) as Tensor2D;
  if (!isBalanced) return ones;
  const own = magnitude(prior);
  const ratios = tf.concat([tf.divNoNan(own, magnitude(condition)), tf.divNoNan(own, magnitude(inpainting))], 1);
  // A prior that says nothing gives no scale.
  return tf.where(tf.greater(tf.tile(own, [1, 2]), 0), ratios, ones) as Tensor2D;
}

function magnitude(part: Tensor2D): Tensor2D {
  return tf.mean(tf.abs(part), 1, true);
}

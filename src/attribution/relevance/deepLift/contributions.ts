import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The positive and the negative contributions to the difference of a value: Δ⁺ + Δ⁻ = Δ. */
export interface Contributions {
  readonly positive: Tensor;
  readonly negative: Tensor;
  /** Of an activation: what its multipliers are for each of them. */
  readonly slopes?: readonly [Tensor, Tensor];
}

/** A difference as it is where nothing is known about what it is made of: its own sign decides. */
export function contributionsTo(difference: Tensor): Contributions {
  return { positive: tf.relu(difference), negative: tf.minimum(difference, 0) };
}

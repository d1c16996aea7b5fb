import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** The settings of {@link adam}. */
export interface AdamOptions {
  readonly learningRate: number;
  /** Decay of the mean of gradients; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients; 0.999 by default. */
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Adam: steps of a size of their own for each element. Algorithm 1, Kingma and Ba 2015. */
export function adam({ learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions): Optimizer {
  return {
    memories: 2,
    step(gradient, [first, second], steps) {
      const mean = decayed(first as Tensor, gradient, beta1);
      const square = decayed(second as Tensor, tf.square(gradient), beta2);
      const [unbiasedMean, unbiasedSquare] = [unbiased(mean, beta1, steps), unbiased(square, beta2, steps)];
      const change = tf.div(tf.mul(unbiasedMean, -learningRate), tf.add(tf.sqrt(unbiasedSquare), epsilon));
      return { change, memory: [mean, square] };
    },
  };
}

function decayed(mean: Tensor, value: Tensor, decay: number): Tensor {
  return tf.add(tf.mul(mean, decay), tf.mul(value, 1 - decay));
}

/** A mean that began at zero has the weights of its first steps missing. */
function unbiased(mean: Tensor, decay: number, steps: number): Tensor {
  return tf.div(mean, 1 - decay ** (steps + 1));
}

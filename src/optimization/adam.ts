import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertOptions, type Check, kind, number, type OptionChecks, required } from '../numeric/options.ts';
import type { Optimizer } from './optimizer.ts';

/** The settings of {@link adam}. */
export interface AdamOptions {
  /** η, the length of a step. */
  readonly learningRate: number;
  /** β₁, decay of the mean of gradients; 0.9 by default. */
  readonly beta1?: number;
  /** β₂, decay of the mean of squared gradients; 0.999 by default. */
  readonly beta2?: number;
  /** ε, which keeps steps small where gradients vanish; 1e-8 by default. */
  readonly epsilon?: number;
}

/**
 * Adam: steps of a size of their own for each element. With the gradient g of step t = 1, 2, …
 *
 * $$ m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \qquad
 * \theta \leftarrow \theta - \eta\, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon} $$
 *
 * Algorithm 1, Kingma and Ba 2015.
 *
 * @param options `learningRate`; `beta1`, `beta2`, `epsilon`.
 * @returns an optimizer with two memories of each parameter, m and v.
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { optimizers } from 'vitrine/visualization';
 * const optimizer = optimizers.adam({ learningRate: 0.05 });
 * ```
 */
export function adam(options: AdamOptions): Optimizer {
  assertOptions(options, adaptiveChecks);
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    memories: 2,
    step(gradient, [first, second], steps) {
      const mean = decayed(first as Tensor, gradient, beta1);
      const square = decayed(second as Tensor, tf.square(gradient), beta2);
      const unbiasedMean = tf.div(mean, weightOf(beta1, steps));
      const unbiasedSquare = tf.div(square, weightOf(beta2, steps));
      const change = tf.div(tf.mul(unbiasedMean, -learningRate), tf.add(tf.sqrt(unbiasedSquare), epsilon));
      return { change, memory: [mean, square] };
    },
    move(values, gradient, { memory, steps }) {
      const [mean, square] = memory as [Float64Array, Float64Array];
      const [ofMean, ofSquare] = [weightOf(beta1, steps), weightOf(beta2, steps)];
      gradient.forEach((slope, i) => {
        mean[i] = beta1 * (mean[i] as number) + (1 - beta1) * slope;
        square[i] = beta2 * (square[i] as number) + (1 - beta2) * slope * slope;
        const size = Math.sqrt((square[i] as number) / ofSquare) + epsilon;
        values[i] = (values[i] as number) - (learningRate * ((mean[i] as number) / ofMean)) / size;
      });
    },
  };
}

const decay: Check = kind(
  'a number of at least 0 and below 1',
  (value) => typeof value === 'number' && value >= 0 && value < 1,
);

/** Checks of {@link AdamOptions}, and of those of its kin. */
export const adaptiveChecks: OptionChecks<AdamOptions> = {
  learningRate: required(number(0)),
  beta1: decay,
  beta2: decay,
  epsilon: number(0),
};

function decayed(mean: Tensor, value: Tensor, decay: number): Tensor {
  return tf.add(tf.mul(mean, decay), tf.mul(value, 1 - decay));
}

/** The weights of all steps so far together: in a mean that began at zero those of earlier ones are missing. */
function weightOf(decay: number, steps: number): number {
  return 1 - decay ** (steps + 1);
}

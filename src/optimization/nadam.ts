import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertOptions } from '../numeric/options.ts';
import { adaptiveChecks } from './adam.ts';
import type { Optimizer } from './optimizer.ts';

/** The settings of {@link nadam}. */
export interface NadamOptions {
  /** η, the length of a step. */
  readonly learningRate: number;
  /** β₁, decay of the mean of gradients; 0.9 by default. */
  readonly beta1?: number;
  /** β₂, decay of the mean of squared gradients; 0.999 by default. */
  readonly beta2?: number;
  /** ε, which keeps steps small where gradients vanish; 1e-7 by default. */
  readonly epsilon?: number;
}

/**
 * Adam with Nesterov's momentum, which looks one step ahead. With the gradient g of step t = 1, 2, …, as in Keras,
 *
 * $$ \mu_t = \beta_1 (1 - \tfrac12\, 0.96^{t \cdot 0.004}), \quad m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
 * v \leftarrow \beta_2 v + (1 - \beta_2) g^2, $$
 *
 * $$ \theta \leftarrow \theta - \eta\, \frac{\mu_{t+1}\, m / (1 - \prod_{i \le t+1} \mu_i) + (1 - \mu_t)\, g /
 * (1 - \prod_{i \le t} \mu_i)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}. $$
 *
 * Algorithm 2, Dozat 2016, with the schedule of momentum of its §3 as Keras and PyTorch have it.
 *
 * @param options `learningRate`; `beta1`, `beta2`, `epsilon`.
 * @returns an optimizer with two memories of each parameter, m and v.
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { optimizers } from 'vitrine/visualization';
 * const optimizer = optimizers.nadam({ learningRate: 1 }); // of phases, for maco
 * ```
 */
export function nadam(options: NadamOptions): Optimizer {
  assertOptions(options, adaptiveChecks);
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const weightsOf = (steps: number): Weights => weightsAfter(steps, beta1, beta2);
  return {
    memories: 2,
    step(gradient, [first, second], steps) {
      const mean = tf.add(tf.mul(first as Tensor, beta1), tf.mul(gradient, 1 - beta1));
      const square = tf.add(tf.mul(second as Tensor, beta2), tf.mul(tf.square(gradient), 1 - beta2));
      const { ofMean, ofGradient, ofSquare } = weightsOf(steps);
      const ahead = tf.add(tf.mul(mean, -learningRate * ofMean), tf.mul(gradient, -learningRate * ofGradient));
      const change = tf.div(ahead, tf.add(tf.sqrt(tf.div(square, ofSquare)), epsilon));
      return { change, memory: [mean, square] };
    },
    move(values, gradient, { memory, steps }) {
      const [mean, square] = memory as [Float64Array, Float64Array];
      const { ofMean, ofGradient, ofSquare } = weightsOf(steps);
      gradient.forEach((slope, i) => {
        mean[i] = beta1 * (mean[i] as number) + (1 - beta1) * slope;
        square[i] = beta2 * (square[i] as number) + (1 - beta2) * slope * slope;
        const ahead = ofMean * (mean[i] as number) + ofGradient * slope;
        values[i] =
          (values[i] as number) - (learningRate * ahead) / (Math.sqrt((square[i] as number) / ofSquare) + epsilon);
      });
    },
  };
}

interface Weights {
  readonly ofMean: number;
  readonly ofGradient: number;
  /** Of all squares so far together. */
  readonly ofSquare: number;
}

function weightsAfter(steps: number, beta1: number, beta2: number): Weights {
  const momentum = (step: number): number => beta1 * (1 - 0.5 * 0.96 ** (step * SCHEDULE));
  const now = steps + 1;
  let product = 1;
  for (let step = 1; step <= now; step++) product *= momentum(step);
  const next = momentum(now + 1);
  return {
    ofMean: next / (1 - product * next),
    ofGradient: (1 - momentum(now)) / (1 - product),
    ofSquare: 1 - beta2 ** now,
  };
}

/** How fast momentum grows to β₁. */
const SCHEDULE = 0.004;

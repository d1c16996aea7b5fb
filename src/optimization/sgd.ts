import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertOptions, number, type OptionChecks, required } from '../numeric/options.ts';
import type { Optimizer } from './optimizer.ts';

/** The settings of {@link sgd}. */
export interface SgdOptions {
  /** η, the length of a step. */
  readonly learningRate: number;
  /** μ, how much of the last velocity stays; 0 by default. */
  readonly momentum?: number;
  /** τ, how much of a new gradient is held back from the velocity; 0 by default. */
  readonly dampening?: number;
}

/**
 * Gradient descent with momentum: $v \leftarrow \mu v + (1 - \tau) g$, $\theta \leftarrow \theta - \eta v$. The first
 * velocity is the first gradient, undampened.
 *
 * @param options `learningRate`; `momentum`, `dampening`.
 * @returns an optimizer with one memory of each parameter, v.
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { optimizers } from 'vitrine/visualization';
 * const optimizer = optimizers.sgd({ learningRate: 2, momentum: 0.9 });
 * ```
 */
export function sgd(options: SgdOptions): Optimizer {
  assertOptions(options, checks);
  const { learningRate, momentum = 0, dampening = 0 } = options;
  return {
    memories: 1,
    step(gradient, [before], steps) {
      const velocity =
        steps === 0 ? tf.clone(gradient) : tf.add(tf.mul(before as Tensor, momentum), tf.mul(gradient, 1 - dampening));
      return { change: tf.mul(velocity, -learningRate), memory: [velocity] };
    },
    move(values, gradient, { memory, steps }) {
      const [velocity] = memory as [Float64Array];
      const entering = steps === 0 ? 1 : 1 - dampening;
      gradient.forEach((slope, i) => {
        velocity[i] = momentum * (velocity[i] as number) + entering * slope;
        values[i] = (values[i] as number) - learningRate * (velocity[i] as number);
      });
    },
  };
}

const checks: OptionChecks<SgdOptions> = {
  learningRate: required(number(0)),
  momentum: number(0, 1),
  dampening: number(0, 1),
};

import type { Tensor } from '@tensorflow/tfjs-core';

/** How a parameter moves: a plain function of its gradient, of what is remembered of it, and of the steps made. */
export interface Optimizer {
  /** How many tensors of a parameter's shape are remembered; zeros at the start. */
  readonly memories: number;
  /**
   * One step, in the caller's `tf.tidy`; every tensor returned is a new one.
   *
   * @param steps the number of steps made before.
   */
  step(gradient: Tensor, memory: readonly Tensor[], steps: number): Movement;
}

/** What a step adds to a parameter, and what is remembered for the next one. */
interface Movement {
  readonly change: Tensor;
  readonly memory: readonly Tensor[];
}

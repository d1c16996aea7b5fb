import type { Tensor } from '@tensorflow/tfjs-core';

/** How a parameter moves: plain functions of its gradient, of what is remembered of it, and of the steps made. */
export interface Optimizer {
  /** How many tensors or arrays of a parameter's shape are remembered; zeros at the start. */
  readonly memories: number;
  /**
   * One step of a tensor, in the caller's `tf.tidy`; every tensor returned is a new one.
   *
   * @param steps the number of steps made before.
   */
  step(gradient: Tensor, memory: readonly Tensor[], steps: number): Movement;
  /** One step of an array, which is moved where it stands, as its memory is. */
  move(values: Float64Array, gradient: Float64Array, at: { memory: readonly Float64Array[]; steps: number }): void;
}

/** What a step adds to a parameter, and what is remembered for the next one. */
export interface Movement {
  readonly change: Tensor;
  readonly memory: readonly Tensor[];
}

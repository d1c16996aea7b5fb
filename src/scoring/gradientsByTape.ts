import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
// The tape finds its gradients once this is loaded.
import '@tensorflow/tfjs-layers';
import { freedOnError } from '../backend/freedOnError.ts';

/**
 * The gradients of a caller's function of tensors, by tfjs's tape: a network is never under it, which would take its fused
 * operations apart.
 *
 * @param values apart from each other: of two that share their numbers the tape would give all gradients together to each.
 * @param cotangent of the shape of what the function returns.
 */
export function gradientsByTape(
  run: (...values: Tensor[]) => Tensor,
  values: readonly Tensor[],
  cotangent: Tensor,
): readonly Tensor[] {
  // The tape refuses a function that leaves one of its arguments out; a zero share of each makes it whole.
  const whole = (...given: Tensor[]): Tensor =>
    given.reduce((made, value) => tf.add(made, tf.mul(tf.sum(value), 0)), run(...given));
  return freedOnError(() => tf.grads(whole)([...values], cotangent));
}

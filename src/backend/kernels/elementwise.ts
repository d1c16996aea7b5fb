import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

export function reluGradient(cotangent: Tensor, output: Tensor, ceiling?: number): Tensor {
  const mask = tf.step(output);
  return tf.mul(cotangent, ceiling === undefined ? mask : tf.mul(mask, tf.step(tf.sub(ceiling, output))));
}
export function guidedReluGradient(cotangent: Tensor, output: Tensor, ceiling?: number): Tensor {
  return reluGradient(tf.relu(cotangent), output, ceiling);
}
export function rectifiedCotangent(cotangent: Tensor): Tensor {
  return tf.relu(cotangent);
}
export function addTensors(a: Tensor, b: Tensor): Tensor {
  return tf.add(a, b);
}
export function scaleShift(x: Tensor, scale: Tensor, shift: Tensor, activation?: { readonly ceiling: number | undefined }): Tensor {
  const y = tf.add(tf.mul(x, scale), shift);
  if (!activation) return y;
  return activation.ceiling === undefined ? tf.relu(y) : tf.clipByValue(y, 0, activation.ceiling);
}

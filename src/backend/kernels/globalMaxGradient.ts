import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

export function globalMaxGradient(cotangent: Tensor, input: Tensor4D): Tensor {
  const [batch, rows, columns, channels] = input.shape;
  const first = tf.argMax(tf.reshape(input, [batch, rows * columns, channels]), 1);
  const mask = tf.transpose(tf.cast(tf.oneHot(first as tf.Tensor1D, rows * columns), 'float32'), [0, 2, 1]);
  return tf.reshape(tf.mul(mask, tf.expandDims(cotangent, 1)), input.shape);
}

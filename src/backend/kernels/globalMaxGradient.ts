import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The gradient of the maximum over rows and columns; a tie goes to the first maximum in row-major order. */
export function globalMaxGradient(cotangent: Tensor, input: Tensor4D): Tensor {
  const [batch, rows, columns, channels] = input.shape;
  return tf.tidy(() => {
    const x = tf.reshape(input, [batch, rows * columns, channels]);
    // Not by argMax, of which tfjs does not say what it does with ties: earlier positions weigh more.
    const order = tf.reshape(tf.range(rows * columns, 0, -1), [1, rows * columns, 1]);
    const candidates = tf.mul(tf.cast(tf.equal(x, tf.max(x, 1, true)), 'float32'), order);
    const first = tf.cast(tf.equal(candidates, tf.max(candidates, 1, true)), 'float32');
    return tf.reshape(tf.mul(first, tf.reshape(cotangent, [batch, 1, channels])), input.shape);
  });
}

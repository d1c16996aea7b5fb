import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sameShape } from '../../numeric/ndarray.ts';
import { bySimd } from './simd/simd.ts';

/** The swish $x\,\sigma(x)$ of each number. */
export function swish(x: Tensor): Tensor {
  const direct = bySimd([x], x.shape, ({ kernels, at, result }) => kernels.swish(...at, result, x.size));
  return direct ?? tf.tidy(() => tf.mul(x, tf.sigmoid(x)));
}

/** The cotangent of a swish's input: $\bar{y}\,\sigma(x)\,(1 + x\,(1 - \sigma(x)))$, $1 - \sigma(x) = \sigma(-x)$. */
export function swishGradient(cotangent: Tensor, x: Tensor): Tensor {
  const direct =
    sameShape(cotangent.shape, x.shape) &&
    bySimd([cotangent, x], x.shape, ({ kernels, at, result }) => kernels.swishGradient(...at, result, x.size));
  if (direct) return direct;
  return tf.tidy(() => {
    const slope = tf.mul(tf.sigmoid(x), tf.add(tf.mul(x, tf.sigmoid(tf.neg(x))), 1));
    return tf.mul(cotangent, slope);
  });
}

import type { KernelConfig, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { slidingOf, taps } from './taps.ts';

/** tfjs's kernel `DepthwiseConv2dNativeBackpropFilter`: a sum of products for each position in the filter. */
export const depthwiseFilterGradient: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { filterShape } = attrs as unknown as { filterShape: number[] };
  return tf.tidy(() => {
    const [x, dy] = [inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D];
    const [channels, multiplier] = filterShape.slice(2) as [number, number];
    const cotangents = tf.reshape(dy, [-1, channels, multiplier]);
    const sums = taps(x, dy.shape, slidingOf(x.shape, filterShape, attrs)).map((tap) =>
      sumOfRows(tf.mul(tf.reshape(tap, [-1, channels, 1]), cotangents)),
    );
    return tf.reshape(tf.concat(sums, 0), filterShape);
  });
};

/** As a matrix product: a sum over the first axis would transpose all of it. */
function sumOfRows(x: Tensor): Tensor {
  const [rows, ...rest] = x.shape as [number, ...number[]];
  return tf.matMul(tf.ones([1, rows]), tf.reshape(x, [rows, rest.reduce((a, b) => a * b, 1)]));
}

import type { KernelConfig, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { slidingOf, taps } from './taps.ts';

/** tfjs's kernel `Conv2DBackpropFilter`: a matrix product for each position in the filter. */
export const convFilterGradient: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { filterShape, dataFormat } = attrs as unknown as { filterShape: number[]; dataFormat?: 'NHWC' | 'NCHW' };
  return tf.tidy(() => {
    const [x, dy] = [inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D].map((tensor) =>
      dataFormat === 'NCHW' ? (tf.transpose(tensor, [0, 2, 3, 1]) as Tensor4D) : tensor,
    ) as [Tensor4D, Tensor4D];
    const [channels, filters] = filterShape.slice(2) as [number, number];
    const cotangents = tf.reshape(dy, [-1, filters]);
    // Transposed once, so that the products need not be.
    const sliding = slidingOf(x.shape, filterShape, attrs);
    const products = taps(x, dy.shape, sliding).map((tap) =>
      tf.matMul(tf.transpose(tf.reshape(tap, [-1, channels])), cotangents),
    );
    return tf.reshape(tf.concat(products, 0), filterShape);
  });
};

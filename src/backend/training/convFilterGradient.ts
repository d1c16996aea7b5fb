import type { KernelConfig, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { mapTaps, type Sliding, slidingOf } from './taps.ts';

/** tfjs's kernel `Conv2DBackpropFilter`: a matrix product for each position in the filter. */
export const convFilterGradient: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { filterShape, dataFormat } = attrs as unknown as { filterShape: number[]; dataFormat?: 'NHWC' | 'NCHW' };
  return tf.tidy(() => {
    const [x, dy] = [inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D].map((tensor) =>
      dataFormat === 'NCHW' ? (tf.transpose(tensor, [0, 2, 3, 1]) as Tensor4D) : tensor,
    ) as [Tensor4D, Tensor4D];
    return convKernelGradient(x, dy, { kernelShape: filterShape, sliding: slidingOf(x.shape, filterShape, attrs) });
  });
};

/** Where a kernel [rows, columns, in, out] lies on its input. */
export interface KernelPlacement {
  readonly kernelShape: readonly number[];
  readonly sliding: Sliding;
}

/** Σ over positions of what each weight met times the cotangent of what it fed. */
export function convKernelGradient(
  x: Tensor4D,
  cotangent: Tensor4D,
  { kernelShape, sliding }: KernelPlacement,
): Tensor {
  const [channels, filters] = kernelShape.slice(2) as [number, number];
  const cotangents = tf.reshape(cotangent, [-1, filters]);
  // Transposed once, so that the products need not be.
  const products = mapTaps(x, cotangent.shape, sliding, (tap) =>
    tf.matMul(tf.transpose(tf.reshape(tap, [-1, channels])), cotangents),
  );
  return tf.reshape(tf.concat(products, 0), [...kernelShape]);
}

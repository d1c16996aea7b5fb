import type { KernelConfig, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { bySimd } from '../kernels/simd/simd.ts';
import type { KernelPlacement } from './convFilterGradient.ts';
import { mapTaps, slidingOf } from './taps.ts';

/** tfjs's kernel `DepthwiseConv2dNativeBackpropFilter`. */
export const depthwiseFilterGradient: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { filterShape } = attrs as unknown as { filterShape: number[] };
  return tf.tidy(() => {
    const [x, dy] = [inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D];
    return depthwiseKernelGradient(x, dy, {
      kernelShape: filterShape,
      sliding: slidingOf(x.shape, filterShape, attrs),
    });
  });
};

/** The same of a kernel [rows, columns, in, multiplier], whose weights each meet one channel. */
export function depthwiseKernelGradient(x: Tensor4D, cotangent: Tensor4D, placement: KernelPlacement): Tensor {
  return inSimd(x, cotangent, placement) ?? byProducts(x, cotangent, placement);
}

function inSimd(x: Tensor4D, cotangent: Tensor4D, { kernelShape, sliding }: KernelPlacement): Tensor | undefined {
  if (x.size * cotangent.size === 0) return undefined;
  const { filter, strides, dilations, padding } = sliding;
  const [, rows, columns, channels] = x.shape;
  const [, high, wide] = cotangent.shape;
  const multiplier = kernelShape[3] as number;
  return bySimd([x, cotangent], kernelShape, ({ kernels, at, result, scratch }) => {
    const room = scratch(multiplier === 1 ? 0 : 4 * rows * columns * (channels * multiplier + 8));
    const sizes = [...x.shape, high, wide, multiplier, ...filter, ...strides, ...dilations];
    kernels.depthwiseFilterGradient(...at, result, ...room, ...sizes, padding[0][0], padding[1][0]);
  });
}

/** A sum of products for each position in the filter. */
function byProducts(x: Tensor4D, cotangent: Tensor4D, { kernelShape, sliding }: KernelPlacement): Tensor {
  const [channels, multiplier] = kernelShape.slice(2) as [number, number];
  const cotangents = tf.reshape(cotangent, [-1, channels, multiplier]);
  const sums = mapTaps(x, cotangent.shape, sliding, (tap) =>
    sumOfRows(tf.mul(tf.reshape(tap, [-1, channels, 1]), cotangents)),
  );
  return tf.reshape(tf.concat(sums, 0), [...kernelShape]);
}

/** As a matrix product: a sum over the first axis would transpose all of it. */
function sumOfRows(x: Tensor): Tensor {
  const [rows, ...rest] = x.shape as [number, ...number[]];
  return tf.matMul(tf.ones([1, rows]), tf.reshape(x, [rows, rest.reduce((a, b) => a * b, 1)]));
}

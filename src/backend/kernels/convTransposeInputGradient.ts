import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';

/** The gradient of a transposed convolution with respect to its input: the convolution that it transposes. */
export function convTransposeInputGradient(
  cotangent: Tensor4D,
  kernel: Tensor4D,
  { strides, padding }: WindowGeometry,
): Tensor4D {
  return tf.conv2d(cotangent, kernel, [...strides], padding);
}

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';

export function maxPoolGradient(
  cotangent: Tensor4D,
  input: Tensor4D,
  _output: Tensor4D,
  { window, strides, padding }: WindowGeometry,
): Tensor4D {
  return tf.grad((x) => tf.maxPool(x as Tensor4D, [...window], [...strides], padding))(input, cotangent) as Tensor4D;
}

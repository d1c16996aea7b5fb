import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';

export function prepareDepthwiseKernel(kernel: Tensor4D, _geometry: WindowGeometry): Tensor4D {
  return tf.clone(kernel);
}

export function depthwiseInputGradient(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  { strides, padding }: WindowGeometry,
): Tensor4D {
  return tf.grad((x) => tf.depthwiseConv2d(x as Tensor4D, prepared, [...strides], padding))(
    tf.zeros([...inputShape]),
    cotangent,
  ) as Tensor4D;
}

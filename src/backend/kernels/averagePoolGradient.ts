import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';

export function averagePoolGradient(
  cotangent: Tensor4D,
  inputShape: readonly number[],
  { window, strides, padding }: WindowGeometry,
): Tensor4D {
  return tf.grad((x) => tf.avgPool(x as Tensor4D, [...window], [...strides], padding))(
    tf.zeros([...inputShape]),
    cotangent,
  ) as Tensor4D;
}

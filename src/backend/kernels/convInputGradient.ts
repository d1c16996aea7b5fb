import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';

export function prepareConvKernel(kernel: Tensor4D, _geometry: WindowGeometry): Tensor4D {
  return tf.clone(kernel);
}

export function convInputGradient(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  { strides, padding }: WindowGeometry,
): Tensor4D {
  return tf.conv2dTranspose(cotangent, prepared, [...inputShape] as [number, number, number, number], [...strides], padding);
}

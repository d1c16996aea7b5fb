import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convolutionPadding, type WindowGeometry } from './geometry.ts';

/** The gradient of a transposed convolution with respect to its input: the convolution that it transposes. */
export function convTransposeInputGradient(cotangent: Tensor4D, kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  const padding = convolutionPadding(cotangent.shape, geometry);
  const rounding = Array.isArray(padding) ? 'floor' : undefined;
  return tf.conv2d(cotangent, kernel, [...geometry.strides], padding, 'NHWC', [...geometry.dilations], rounding);
}

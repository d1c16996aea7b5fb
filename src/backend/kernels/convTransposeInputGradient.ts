import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf, paddingAround, type WindowGeometry } from './geometry.ts';

/** The gradient of a transposed convolution with respect to its input: the convolution that it transposes. */
export function convTransposeInputGradient(cotangent: Tensor4D, kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  const [, rows, columns] = cotangent.shape;
  // In numbers, since wasm gives wrong results for 'same' with stride 2 and a kernel that is not square.
  const padding: tf.backend_util.ExplicitPadding = [
    [0, 0],
    paddingAround(rows, axisOf(geometry, 0)),
    paddingAround(columns, axisOf(geometry, 1)),
    [0, 0],
  ];
  return tf.conv2d(cotangent, kernel, [...geometry.strides], padding, 'NHWC', [1, 1], 'floor');
}

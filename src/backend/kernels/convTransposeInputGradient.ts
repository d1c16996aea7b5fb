import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { axisOf, explicitPadding, type WindowGeometry } from './geometry.ts';

/**
 * The gradient of a transposed convolution with respect to its input: the convolution it transposes. Reason: padding
 * is given in numbers, since wasm returns wrong values for non-square kernels with stride 2 and 'same'.
 *
 * @param cotangent `[n, rows, columns, out]`, of the shape of the transposed convolution's output
 * @param kernel `[rows, columns, out, in]`
 * @param geometry of the transposed convolution
 */
export function convTransposeInputGradient(cotangent: Tensor4D, kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  const [, rows, columns] = cotangent.shape;
  const pad: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    explicitPadding(rows, axisOf(geometry, 0)),
    explicitPadding(columns, axisOf(geometry, 1)),
    [0, 0],
  ];
  return tf.conv2d(cotangent, kernel, [...geometry.strides], pad, 'NHWC', [...geometry.dilations], 'floor');
}

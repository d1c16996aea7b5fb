import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { axisOf, explicitPadding, outputSize, type WindowGeometry, windowExtent } from './geometry.ts';

/**
 * The gradient of max pooling; a tie goes to the first maximum in row-major order. Reason: the kernels of webgl and
 * webgpu take the last one (they compare by ≥), so that they are given everything reversed.
 *
 * @param cotangent `[n, rows, columns, channels]`, of the output's shape
 * @param input `[n, rows, columns, channels]`
 * @param output of the pooling
 */
export function maxPoolGradient(
  cotangent: Tensor4D,
  input: Tensor4D,
  output: Tensor4D,
  geometry: WindowGeometry,
): Tensor4D {
  if (!takesLastMaximum()) return stock({ dy: cotangent, input, output }, geometry, geometry.padding);
  return tf.tidy(() => reversed(cotangent, input, output, geometry));
}

function takesLastMaximum(): boolean {
  return ['webgl', 'webgpu'].includes(tf.getBackend());
}

function reversed(cotangent: Tensor4D, input: Tensor4D, output: Tensor4D, geometry: WindowGeometry): Tensor4D {
  const [batch, rows, columns, channels] = input.shape;
  const tall = reach(rows, geometry, 0);
  const wide = reach(columns, geometry, 1);
  const reached = tf.slice(input, [0, 0, 0, 0], [batch, tall.size, wide.size, channels]);
  const [dy, x, y] = [cotangent, reached, output].map((tensor) => tf.reverse(tensor, [1, 2])) as [
    Tensor4D,
    Tensor4D,
    Tensor4D,
  ];
  const gradient = stock({ dy, input: x, output: y }, geometry, [[0, 0], tall.pad, wide.pad, [0, 0]]);
  return tf.pad4d(tf.reverse(gradient, [1, 2]), [
    [0, 0],
    [0, rows - tall.size],
    [0, columns - wide.size],
    [0, 0],
  ]);
}

/** The part of an axis that windows reach, and its padding seen from the other end. */
function reach(size: number, geometry: WindowGeometry, axis: 0 | 1): { size: number; pad: [number, number] } {
  const along = axisOf(geometry, axis);
  const [before, after] = explicitPadding(size, along);
  const end = (outputSize(size, along) - 1) * along.stride + windowExtent(along) - before;
  return { size: Math.min(size, end), pad: [after, before] };
}

function stock(
  inputs: { dy: Tensor4D; input: Tensor4D; output: Tensor4D },
  { window, strides }: WindowGeometry,
  pad: WindowGeometry['padding'] | [number, number][],
): Tensor4D {
  return tf.engine().runKernel<Tensor4D>('MaxPoolGrad', inputs, { filterSize: [...window], strides: [...strides], pad });
}

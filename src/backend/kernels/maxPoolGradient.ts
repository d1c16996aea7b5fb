import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { axisOf, extentOf, outputSize, paddingAround, type WindowGeometry } from './geometry.ts';

/** The gradient of a max pooling with respect to its input; a tie goes to the first maximum in row-major order. */
export function maxPoolGradient(
  cotangent: Tensor4D,
  input: Tensor4D,
  output: Tensor4D,
  geometry: WindowGeometry,
): Tensor4D {
  // The shaders of webgl and webgpu compare by ≥, so that the last maximum wins.
  const takesLast = ['webgl', 'webgpu'].includes(tf.getBackend());
  const pooled: Pooled = { dy: cotangent, input, output };
  return takesLast ? tf.tidy(() => reversed(pooled, geometry)) : stock(pooled, geometry, geometry.padding);
}

interface Pooled {
  readonly dy: Tensor4D;
  readonly input: Tensor4D;
  readonly output: Tensor4D;
}

type Span = readonly [before: number, after: number];

/** The stock gradient of the plane read backwards, without the end that no window reaches. */
function reversed({ dy, input, output }: Pooled, geometry: WindowGeometry): Tensor4D {
  const [batch, rows, columns, channels] = input.shape;
  const tall = reach(rows, geometry, 0);
  const wide = reach(columns, geometry, 1);
  const reached = tf.slice4d(input, [0, 0, 0, 0], [batch, tall.size, wide.size, channels]);
  const backwards = (tensor: Tensor4D): Tensor4D => tf.reverse4d(tensor, [1, 2]);
  const pooled: Pooled = { dy: backwards(dy), input: backwards(reached), output: backwards(output) };
  const gradient = backwards(stock(pooled, geometry, [[0, 0], tall.padding, wide.padding, [0, 0]]));
  return tf.pad4d(gradient, [
    [0, 0],
    [0, rows - tall.size],
    [0, columns - wide.size],
    [0, 0],
  ]);
}

/** The part of an axis that windows reach, and its padding as seen from the other end. */
function reach(size: number, geometry: WindowGeometry, axis: 0 | 1): { size: number; padding: Span } {
  const along = axisOf(geometry, axis);
  const [before, after] = paddingAround(size, along);
  const end = (outputSize(size, along) - 1) * along.stride + extentOf(along) - before;
  return { size: Math.min(size, end), padding: [after, before] };
}

function stock(
  inputs: Pooled,
  { window, strides }: WindowGeometry,
  pad: WindowGeometry['padding'] | (readonly Span[]),
): Tensor4D {
  const attributes = { filterSize: [...window], strides: [...strides], pad: pad as 'same' | [number, number][] };
  return tf.engine().runKernel(tf.MaxPoolGrad, { ...inputs }, attributes);
}

import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { depthwiseInputGradient, prepareDepthwiseKernel } from './depthwiseInputGradient.ts';
import { axisOf, outputSize, paddingBefore, type WindowAxis, type WindowGeometry } from './geometry.ts';

/** The gradient of an average pooling with respect to its input; the average does not count padding. */
export function averagePoolGradient(
  cotangent: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  return tf.tidy(() => {
    const shares = corrected(cotangent, inputShape, geometry);
    return tf.getBackend() === 'wasm' ? convolved(shares, inputShape, geometry) : stock(shares, inputShape, geometry);
  });
}

/** wasm's own kernel is a scalar loop; an average is also a depthwise convolution with equal weights. */
function convolved(shares: Tensor4D, inputShape: readonly number[], geometry: WindowGeometry): Tensor4D {
  const [rows, columns] = geometry.window;
  const weights: Tensor4D = tf.fill([rows, columns, inputShape[3] as number, 1], 1 / (rows * columns));
  return depthwiseInputGradient(shares, prepareDepthwiseKernel(weights, geometry), inputShape, geometry);
}

function stock(dy: Tensor4D, inputShape: readonly number[], geometry: WindowGeometry): Tensor4D {
  const { window, strides, padding: pad } = geometry;
  const attributes = { filterSize: [...window], strides: [...strides], pad };
  return tf.engine().runKernel(tf.AvgPoolGrad, { dy, input: tf.zeros([...inputShape]) }, attributes);
}

/** tfjs divides by the whole window; where it hangs over the border, the forward pass divided by less. */
function corrected(cotangent: Tensor4D, inputShape: readonly number[], geometry: WindowGeometry): Tensor4D {
  const rows = excess(inputShape[1] as number, axisOf(geometry, 0));
  const columns = excess(inputShape[2] as number, axisOf(geometry, 1));
  if ([...rows, ...columns].every((factor) => factor === 1)) return cotangent;
  const factors = rows.flatMap((row) => columns.map((column) => row * column));
  return tf.mul(cotangent, tf.tensor4d(factors, [1, rows.length, columns.length, 1]));
}

/** The size of the window over the number of its positions that lie on the input. */
function excess(size: number, axis: WindowAxis): number[] {
  const before = paddingBefore(size, axis);
  return Array.from({ length: outputSize(size, axis) }, (_, o) => {
    const start = o * axis.stride - before;
    return axis.window / (Math.min(start + axis.window, size) - Math.max(start, 0));
  });
}

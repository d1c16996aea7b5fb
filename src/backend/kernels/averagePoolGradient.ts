import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { axisOf, outputSize, paddingBefore, type WindowAxis, type WindowGeometry } from './geometry.ts';

/**
 * The gradient of average pooling. Reason: the stock kernels divide by the size of the window even where it reaches
 * into the padding, which the average itself does not count.
 *
 * @param cotangent `[n, rows, columns, channels]`, of the output's shape
 * @param inputShape `[n, rows, columns, channels]`
 */
export function averagePoolGradient(
  cotangent: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  return tf.tidy(() => {
    const dy = geometry.padding === 'valid' ? cotangent : tf.mul(cotangent, correction(inputShape, geometry));
    return tf.engine().runKernel<Tensor4D>(
      'AvgPoolGrad',
      { dy, input: tf.zeros([...inputShape]) },
      { filterSize: [...geometry.window], strides: [...geometry.strides], pad: geometry.padding },
    );
  });
}

/** `[1, rows, columns, 1]`: the taps of each window over those that lie on the input. */
function correction([, rows, columns]: readonly number[], geometry: WindowGeometry): Tensor4D {
  const tall = tf.tensor4d(shares(rows as number, axisOf(geometry, 0)), [1, -1, 1, 1]);
  const wide = tf.tensor4d(shares(columns as number, axisOf(geometry, 1)), [1, 1, -1, 1]);
  return tf.mul(tall, wide);
}

function shares(size: number, axis: WindowAxis): number[] {
  const before = paddingBefore(size, axis);
  return Array.from({ length: outputSize(size, axis) }, (_, i) => {
    const start = i * axis.stride - before;
    return axis.window / (Math.min(start + axis.window, size) - Math.max(start, 0));
  });
}

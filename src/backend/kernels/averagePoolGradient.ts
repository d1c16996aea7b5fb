import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf, outputSize, paddingBefore, type WindowAxis, type WindowGeometry } from './geometry.ts';

/** The gradient of an average pooling with respect to its input; the average does not count padding. */
export function averagePoolGradient(
  cotangent: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  const { window, strides, padding: pad } = geometry;
  return tf.tidy(() =>
    tf
      .engine()
      .runKernel(
        tf.AvgPoolGrad,
        { dy: corrected(cotangent, inputShape, geometry), input: tf.zeros([...inputShape]) },
        { filterSize: [...window], strides: [...strides], pad },
      ),
  );
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

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { axisOf, paddingBefore, type WindowGeometry } from './geometry.ts';

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
        { dy: perPosition(cotangent, inputShape, geometry), input: tf.zeros([...inputShape]) },
        { filterSize: [...window], strides: [...strides], pad },
      ),
  );
}

/** tfjs divides by the whole window; where it hangs over the border, the forward pass divided by less. */
function perPosition(cotangent: Tensor4D, inputShape: readonly number[], geometry: WindowGeometry): Tensor4D {
  if (geometry.padding === 'valid') return cotangent;
  const [, height, width] = cotangent.shape;
  const excess = (axis: 0 | 1, outputs: number): number[] =>
    coverage(inputShape[axis + 1] as number, outputs, { geometry, axis }).map((count) => geometry.window[axis] / count);
  const rows = excess(0, height);
  const columns = excess(1, width);
  if ([...rows, ...columns].every((factor) => factor === 1)) return cotangent;
  const factors = rows.flatMap((row) => columns.map((column) => row * column));
  return tf.mul(cotangent, tf.tensor4d(factors, [1, height, width, 1]));
}

/** How many positions of the input each window covers. */
function coverage(
  size: number,
  outputs: number,
  { geometry, axis }: { geometry: WindowGeometry; axis: 0 | 1 },
): number[] {
  const windowAxis = axisOf(geometry, axis);
  const before = paddingBefore(size, windowAxis);
  return Array.from({ length: outputs }, (_, o) => {
    const start = o * windowAxis.stride - before;
    return Math.min(start + windowAxis.window, size) - Math.max(start, 0);
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';

/** The gradient of a max pooling with respect to its input; a tie goes to the first maximum in row-major order. */
export function maxPoolGradient(
  cotangent: Tensor4D,
  input: Tensor4D,
  output: Tensor4D,
  { window, strides, padding: pad }: WindowGeometry,
): Tensor4D {
  return tf
    .engine()
    .runKernel(
      tf.MaxPoolGrad,
      { dy: cotangent, input, output },
      { filterSize: [...window], strides: [...strides], pad },
    );
}

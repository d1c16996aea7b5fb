import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertNoBatchAxis, axesOf } from './openShapes.ts';
import { type Reduction, reduction } from './reduction.ts';
import type { TensorFunction } from './tensorFunction.ts';

// Measures of spread and length along axes.

/** The mean square distance from the mean. */
export const variance = (options: Reduction = {}): TensorFunction => reduction('variance', varianceAlong, { options });
/**
 * The root of the variance.
 *
 * @public by name alone: operations of Keras ask for it so.
 */
export const std = (options: Reduction = {}): TensorFunction =>
  reduction('std', (x, axes, keepDims) => tf.sqrt(varianceAlong(x, axes, keepDims)), { options });

/** x / √max(Σx², ε): vectors along some axes in unit length; along the last by default. */
export const l2Normalize = ({
  axes = [-1],
  epsilon = 1e-12,
}: {
  axes?: readonly number[];
  epsilon?: number;
} = {}): TensorFunction => ({
  applied: { name: 'l2Normalize', numbers: { epsilon } },
  apply: ([x]) => {
    const along = axesOf(axes, (x as Tensor).rank);
    const squares = tf.sum(tf.square(x as Tensor), [...along], true);
    return [tf.mul(x as Tensor, tf.rsqrt(tf.maximum(squares, epsilon)))];
  },
  shapes: ([shape = []]) => {
    assertNoBatchAxis(axesOf(axes, shape.length), 'l2Normalize');
    return [shape];
  },
});

function varianceAlong(x: Tensor, axes: number[], keepDims: boolean): Tensor {
  return tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keepDims);
}

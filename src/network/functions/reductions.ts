import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { globalAveragePool, globalMaxPool } from '../operations/pooling.ts';
import { affineOf, itself } from './affineOf.ts';
import { constantOf } from './constants.ts';
import { assertNoBatchAxis, axesOf, openSize } from './openShapes.ts';
import { type Pool, type Reduction, reduction } from './reduction.ts';
import type { TensorFunction } from './tensorFunction.ts';

// Functions that make one number of many.

export const mean = (options: Reduction = {}): TensorFunction => reduction('mean', tf.mean, { options, pool: pooled });
export const max = (options: Reduction = {}): TensorFunction => reduction('max', tf.max, { options, pool: peaked });
export const sum = (options: Reduction = {}): TensorFunction => reduction('sum', tf.sum, { options, pool: summed });
export const min = (options: Reduction = {}): TensorFunction => reduction('min', tf.min, { options });
export const prod = (options: Reduction = {}): TensorFunction => reduction('prod', product, { options });

const pooled: Pool = (source) => [globalAveragePool(source)];
const peaked: Pool = (source) => [globalMaxPool(source)];
const summed: Pool = (source, channels, lengths) => {
  const count = openSize(lengths);
  if (count === null) return undefined;
  const constant = constantOf(source, 'number of positions', { numbers: [count] });
  const scaled = affineOf(source, { value: { shape: [null, channels] }, constant }, { scale: itself, shift: 0 });
  return scaled && [globalAveragePool(source), ...scaled];
};

/** By one slice after the other: tfjs's gradient of a product fails. */
function product(x: Tensor, axes: number[], keepDims: boolean): Tensor {
  const along = (rest: Tensor, axis: number): Tensor => {
    const slices = Array.from({ length: rest.shape[axis] as number }, (_, place) => {
      const at = (one: number, others: readonly number[]): number[] =>
        others.map((other, i) => (i === axis ? one : other));
      return tf.slice(
        rest,
        at(
          place,
          rest.shape.map(() => 0),
        ),
        at(1, rest.shape),
      );
    });
    return slices.reduce((whole, part) => tf.mul(whole, part));
  };
  const reduced = axes.reduce(along, x);
  return keepDims ? reduced : tf.squeeze(reduced, axes);
}

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

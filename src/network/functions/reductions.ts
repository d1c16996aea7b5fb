import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { globalAveragePool, globalMaxPool } from '../operations/pooling.ts';
import { affineOf, itself } from './affineOf.ts';
import { constantOf } from './constants.ts';
import { openSize } from './openShapes.ts';
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

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot, reverse } from '../../backend/portable.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import { wholeRegion } from '../operations/base.ts';
import { assertNoBatchAxis, axesOf, axisOf } from './openShapes.ts';
import { slice } from './slicing.ts';
import type { TensorFunction } from './tensorFunction.ts';

// The same values in another order along an axis.

/** The other way round. */
export const flip = ({ axes }: { axes: readonly number[] }): TensorFunction =>
  reordering('flip', axes, (x, along) => reverse(x, along));

/** Moved on by some places, those at the end to the beginning. */
export const roll = ({ shift, axis }: { shift: number; axis: number }): TensorFunction =>
  reordering('roll', [axis], (x, [along = 0]) => {
    const length = x.shape[along] as number;
    const start = (((-shift % length) + length) % length) as number;
    const part = (range: { start: number; stop: number }): Tensor =>
      slice({ cuts: x.shape.map((_, i) => (i === along ? range : {})) }).apply([x])[0] as Tensor;
    return start === 0
      ? tf.clone(x)
      : tf.concat([part({ start, stop: length }), part({ start: 0, stop: start })], along);
  });

/** Each place several times, one after the other. */
export const repeat = ({ times, axis: given }: { times: number; axis: number }): TensorFunction => ({
  ...reordering('repeat', [given], (x, [axis = 0]) => {
    const apart = tf.reshape(x, [sizeOf(x.shape.slice(0, axis + 1)), 1, sizeOf(x.shape.slice(axis + 1))]);
    const copies = tf.mul(apart, tf.ones([1, times, 1]));
    return tf.reshape(
      copies,
      x.shape.map((length, i) => (i === axis ? length * times : length)),
    );
  }),
  shapes: ([shape = []]) => {
    const axis = axisOf(given, shape.length);
    assertNoBatchAxis([axis], 'repeat');
    return [shape.map((length, i) => (i === axis && length !== null ? length * times : length))];
  },
  kind: 'repeat',
});

/** The places of an axis with these numbers. */
export const gather = ({ indices, axis: given }: { indices: readonly number[]; axis: number }): TensorFunction => ({
  ...reordering('gather', [given], (x, [axis = 0]) => gathered(x, axis, indices)),
  shapes: ([shape = []]) => {
    const axis = axisOf(given, shape.length);
    assertNoBatchAxis([axis], 'gather');
    return [shape.map((length, i) => (i === axis ? indices.length : length))];
  },
});

/** tfjs takes the gradient by a kernel that some backends lack. */
function gathered(x: Tensor, axis: number, indices: readonly number[]): Tensor {
  const { shape } = x;
  const length = shape[axis] as number;
  const counted = indices.map((index) => (index < 0 ? index + length : index));
  const planes = [sizeOf(shape.slice(0, axis)), length, sizeOf(shape.slice(axis + 1))];
  const take = tf.customGrad((given) => ({
    value: tf.gather(given as Tensor, tf.tensor1d(counted, 'int32'), axis),
    gradFunc: (dy: Tensor) => {
      const chosen = tf.expandDims(oneHot(tf.tensor1d(counted, 'int32'), length), 0);
      const gradients = tf.reshape(dy, [planes[0] as number, counted.length, planes[2] as number]);
      return tf.reshape(tf.matMul(chosen, gradients, true), shape);
    },
  }));
  return take(x);
}

function reordering(
  name: string,
  axes: readonly number[],
  apply: (x: Tensor, axes: readonly number[]) => Tensor,
): TensorFunction {
  const along = (rank: number): readonly number[] => {
    const counted = axesOf(axes, rank);
    assertNoBatchAxis(counted, name);
    return counted;
  };
  return {
    applied: { name },
    apply: ([x]) => [apply(x as Tensor, along((x as Tensor).rank))],
    shapes: ([shape = []]) => {
      along(shape.length);
      return [shape];
    },
    kind: 'permute',
    region: wholeRegion,
  };
}

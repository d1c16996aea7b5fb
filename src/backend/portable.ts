import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../numeric/ndarray.ts';

// The webgpu backend selects among elements, divides without NaN, pads and reverses in tensors of up to four axes; some of
// these give wrong numbers beyond without a word.
const mostAxes = 4;

const none: [number, number] = [0, 0];

/** Of two tensors of one shape the elements of the first where a condition holds, of any rank. */
export function where(condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const flat = (values: Tensor): Tensor => tf.reshape(values, [-1]);
  return tf.reshape(tf.where(flat(condition), flat(yes), flat(no)), yes.shape);
}

/** A quotient, zero where the divisor is zero, of any rank. */
export function divNoNan(dividend: Tensor, divisor: Tensor): Tensor {
  if (Math.max(dividend.rank, divisor.rank) <= mostAxes) return tf.divNoNan(dividend, divisor);
  const isZero = tf.cast(tf.equal(divisor, 0), 'float32');
  return tf.mul(tf.div(dividend, tf.add(divisor, isZero)), tf.sub(1, isZero));
}

/** A tensor with so many values of one kind before and after those of each axis, of any rank. */
export function pad(x: Tensor, paddings: readonly (readonly [number, number])[], value = 0): Tensor {
  if (x.rank <= mostAxes) return tf.pad(x, paddings as [number, number][], value);
  return paddings.reduce(
    (padded, around, axis) => alongAxis(padded, axis, (lines) => tf.pad(lines, [none, [...around], none], value)),
    x,
  );
}

/** A tensor with its values along some axes in the other order, of any rank. */
export function reverse(x: Tensor, axes: number | readonly number[]): Tensor {
  if (x.rank <= mostAxes) return tf.reverse(x, axes as number | number[]);
  return [axes].flat().reduce((turned, axis) => alongAxis(turned, axis, (lines) => tf.reverse(lines, 1)), x);
}

/** Does along one axis what is done along that of `[outer, length, inner]`. */
export function alongAxis(x: Tensor, axis: number, change: (lines: Tensor) => Tensor): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  const [outer, inner] = [x.shape.slice(0, at), x.shape.slice(at + 1)];
  const changed = change(tf.reshape(x, [sizeOf(outer), x.shape[at] as number, sizeOf(inner)]));
  return tf.reshape(changed, [...outer, changed.shape[1] as number, ...inner]);
}

/** Rows that are 1 at an index and 0 elsewhere; tfjs's own refuses a depth of 1. */
export function oneHot(indices: Tensor1D, depth: number): Tensor2D {
  return tf.cast(tf.equal(tf.expandDims(indices, 1), tf.range(0, depth, 1, 'int32')), 'float32') as Tensor2D;
}

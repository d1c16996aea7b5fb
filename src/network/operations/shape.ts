import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation } from '../graph/operation.ts';
import {
  describeOperation,
  type OperationSource,
  only,
  onlyShape,
  pointwise,
  sameRegion,
  wholeRegion,
  withoutParameters,
} from './base.ts';

/** The shape of an example, or what makes it of that of the input's examples. */
export type ExampleShape = readonly number[] | ((input: readonly number[]) => readonly number[]);

/** The values in another shape; `shape` leaves out the batch axis. */
export function reshape(source: OperationSource, shape: ExampleShape): Operation {
  return withoutParameters({
    ...describeOperation('reshape', source),
    routing: true,
    forward: ([x]) => {
      const [batch, ...input] = (x as Tensor).shape;
      return tf.reshape(x as Tensor, [batch as number, ...(typeof shape === 'function' ? shape(input) : shape)]);
    },
    pullback: (cotangent, io) => [tf.reshape(cotangent, onlyShape(io))],
    region: wholeRegion,
  });
}

/** The axes in another order; `order` includes the batch axis. */
export function permute(source: OperationSource, order: readonly number[]): Operation {
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return withoutParameters({
    ...describeOperation('permute', source),
    forward: (inputs) => tf.transpose(only({ inputs }), [...order]),
    pullback: (cotangent) => [tf.transpose(cotangent, inverse)],
    region: wholeRegion,
  });
}

/** A vector [n, f] repeated to [n, count, f]. */
export function repeat(source: OperationSource, count: number): Operation {
  return withoutParameters({
    ...describeOperation('repeat', source),
    forward: (inputs) => tf.tile(tf.expandDims(only({ inputs }), 1), [1, count, 1]),
    pullback: (cotangent) => [tf.sum(cotangent, 1)],
    region: wholeRegion,
  });
}

/** Dropout, noise and linear activations in inference. */
export function identity(source: OperationSource): Operation {
  const forward = (inputs: readonly Tensor[]): Tensor => tf.clone(only({ inputs }));
  return withoutParameters({
    ...describeOperation('identity', source),
    routing: true,
    forward,
    partial: pointwise(forward),
    pullback: (cotangent) => [tf.clone(cotangent)],
    region: sameRegion,
  });
}

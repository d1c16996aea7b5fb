import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { OperationSource } from '../operations/base.ts';
import type { Constant, Value } from './tensorFunction.ts';

/** A constant of numbers; what is made of them is kept in the store of the source, under this name. */
export function constantOf(
  { address, store }: OperationSource,
  name: string,
  { numbers, shape = [] }: { numbers: readonly number[]; shape?: readonly number[] },
): Constant {
  const read = (): Tensor =>
    store.derive(`${address}: ${name}`, [], () => tf.tensor([...numbers], [...shape], 'float32'));
  return { shape, numbers, read };
}

/** The one number that a constant holds; `undefined` of arrays and where the number is not known. */
export function numberOf({ numbers, shape }: Constant): number | undefined {
  return sizeOf(shape) === 1 ? numbers?.[0] : undefined;
}

/**
 * A constant as a vector with one number for each channel of a value, kept in the store; `undefined` where it differs
 * by position, or spreads the value.
 */
export function channelVector(
  constant: Constant,
  { shape }: Value,
  { address, store }: OperationSource,
): (() => Tensor) | undefined {
  const channels = shape.at(-1);
  const size = sizeOf(constant.shape);
  if (typeof channels !== 'number' || shape.length < 2 || constant.shape.length > shape.length) return undefined;
  if (size !== 1 && !(size === channels && constant.shape.at(-1) === channels)) return undefined;
  return () => {
    const tensor = constant.read();
    // New data of one axis: the fused convolutions of wasm look at how a bias was stored.
    return store.derive(`${address}: per channel`, [tensor], () =>
      tf.mul(tf.ones([channels]), tf.reshape(tensor, size === 1 ? [] : [channels])),
    );
  };
}

/** What does not change with its operands, for the tape, in numbers: steps and comparisons have the gradient zero. */
export function constantNear(operands: readonly Tensor[], make: (operands: readonly Tensor[]) => Tensor): Tensor {
  const shapes = operands.map(({ shape }) => shape);
  const constant = tf.customGrad((...given) => ({
    value: tf.cast(make((given as Tensor[]).slice(0, shapes.length)), 'float32'),
    gradFunc: () => shapes.map((shape) => tf.zeros(shape)),
  }));
  return constant(...operands);
}

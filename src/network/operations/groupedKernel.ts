import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OperationParameters } from '../graph/operation.ts';
import type { OperationSource } from './base.ts';

/** Some groups of a convolution: the first of their output channels and how many these are. */
export interface GroupSpan {
  readonly name: string;
  readonly groups: number;
  readonly from: number;
  readonly units: number;
}

/** The weights of some groups as those of one convolution, with zeros between the groups. They are kept. */
export function partOfWeights(
  { address, store }: OperationSource,
  { kernel, bias }: OperationParameters,
  { name, from, units, groups }: GroupSpan,
): OperationParameters {
  const span = (tensor: Tensor): Tensor => {
    const before = tensor.shape.slice(0, -1);
    return tf.slice(tensor, [...before.map(() => 0), from], [...before, units]);
  };
  const derive = <T extends Tensor>(of: string, tensor: T, make: (tensor: T) => Tensor): Tensor =>
    store.derive(`${address}: ${of} of ${name}`, [tensor], () => make(tensor));
  return {
    kernel: derive('kernel', kernel as Tensor4D, (whole) => blockDiagonal(span(whole) as Tensor4D, groups)),
    ...(bias && { bias: derive('bias', bias, span) }),
  };
}

/** A kernel [height, width, in / groups, out] as [height, width, in, out], with zeros between the groups. */
function blockDiagonal(kernel: Tensor4D, groups: number): Tensor4D {
  const [, , perGroup, units] = kernel.shape;
  const mask = tf.reshape(tf.eye(groups), [groups, 1, groups, 1]);
  const rows = tf.mul(mask, tf.ones([groups, perGroup, groups, units / groups]));
  return tf.mul(tf.tile(kernel, [1, 1, groups, 1]), tf.reshape(rows, [groups * perGroup, units]));
}

/** The blocks of the groups in a kernel [height, width, in, out], side by side: [height, width, in / groups, out]. */
export function diagonal(kernel: Tensor4D, groups: number): Tensor4D {
  const [height, width, inputs, units] = kernel.shape;
  const ofGroup = (i: number): Tensor4D =>
    tf.slice4d(
      kernel,
      [0, 0, (i * inputs) / groups, (i * units) / groups],
      [height, width, inputs / groups, units / groups],
    );
  return tf.concat(
    Array.from({ length: groups }, (_, i) => ofGroup(i)),
    3,
  );
}

/** A number per input channel where the kernel [in / groups, out] meets that channel. */
export function alongGroups(perInput: Tensor1D, groups: number, units: number): Tensor {
  const perGroup = perInput.size / groups;
  const byGroup = tf.reshape(tf.transpose(tf.reshape(perInput, [groups, perGroup])), [perGroup, groups, 1]);
  return tf.reshape(tf.tile(byGroup, [1, 1, units / groups]), [perGroup, units]);
}

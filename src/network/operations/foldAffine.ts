import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation, Parameters } from '../operation.ts';
import { type OperationSource, parameter } from './base.ts';

/**
 * The weights of a linear operation followed by `scale · x + shift`, as one linear operation:
 * kernel · scale, bias · scale + shift.
 *
 * @param channels the shape that lines the output channels up with the last axes of the kernel.
 */
export function foldAffine(
  { address, store }: OperationSource,
  parameters: () => Parameters,
  { affine, channels }: { affine: Operation; channels: (kernelShape: readonly number[]) => readonly number[] },
): () => Parameters {
  return () => {
    const { kernel, bias } = parameters() as { kernel: Tensor; bias?: Tensor };
    const scale = parameter<Tensor1D>(affine.parameters, 'scale');
    const shift = parameter<Tensor1D>(affine.parameters, 'shift');
    return {
      kernel: store.derive(`${address}: folded kernel`, [kernel, scale], () =>
        tf.mul(kernel, tf.reshape(scale, [...channels(kernel.shape)])),
      ),
      bias: bias
        ? store.derive(`${address}: folded bias`, [bias, scale, shift], () => tf.add(tf.mul(bias, scale), shift))
        : shift,
    };
  };
}

/**
 * The weights of a linear operation on `scale · x + shift`, as one linear operation: kernel · scale,
 * bias + Σ kernel · shift. The input channels are the last axis but one of the kernel.
 *
 * @param outputAxes how many of the last axes of the kernel hold the output channels.
 */
export function foldInputAffine(
  { address, store }: OperationSource,
  parameters: () => Parameters,
  { affine, outputAxes }: { affine: Operation; outputAxes: 1 | 2 },
): () => Parameters {
  return () => {
    const { kernel, bias } = parameters() as { kernel: Tensor; bias?: Tensor };
    const column = (perChannel: Tensor1D): Tensor => tf.reshape(perChannel, [-1, 1]);
    const scale = parameter<Tensor1D>(affine.parameters, 'scale');
    const shift = parameter<Tensor1D>(affine.parameters, 'shift');
    const summed = kernel.shape.slice(0, -outputAxes).map((_, axis) => axis);
    return {
      kernel: store.derive(`${address}: kernel behind an affine map`, [kernel, scale], () =>
        tf.mul(kernel, column(scale)),
      ),
      bias: store.derive(
        `${address}: bias behind an affine map`,
        bias ? [kernel, shift, bias] : [kernel, shift],
        () => {
          const moved = tf.reshape(tf.sum(tf.mul(kernel, column(shift)), summed), [-1]);
          return bias ? tf.add(moved, bias) : moved;
        },
      ),
    };
  };
}

/** Convolution and dense kernels end in the output channels. */
export function lastAxis(kernelShape: readonly number[]): readonly number[] {
  return kernelShape.slice(-1);
}

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

/** Convolution and dense kernels end in the output channels. */
export function lastAxis(kernelShape: readonly number[]): readonly number[] {
  return kernelShape.slice(-1);
}

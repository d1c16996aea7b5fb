import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow } from '../../backend/kernels/elementwise.ts';
import type { FusedActivation, Operation, OperationParameters } from '../graph/operation.ts';
import { type OperationSource, parameter } from './base.ts';

/**
 * The weights of a linear operation followed by `scale · x + shift`, as one linear operation:
 * kernel · scale, bias · scale + shift.
 *
 * @param channels the shape that lines the output channels up with the last axes of the kernel.
 */
export function foldAffine(
  { address, store }: OperationSource,
  parameters: () => OperationParameters,
  { affine, channels }: { affine: Operation; channels: (kernelShape: readonly number[]) => readonly number[] },
): () => OperationParameters {
  return () => {
    const { kernel, bias } = parameters() as { kernel: Tensor; bias?: Tensor };
    const scale = parameter<Tensor1D>(affine.parameters, 'scale');
    const shift = parameter<Tensor1D>(affine.parameters, 'shift');
    return {
      kernel: store.derive(`${address}: folded kernel`, [kernel, scale], () =>
        tf.mul(kernel, channelRow(tf.reshape(scale, [...channels(kernel.shape)]))),
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
 * @param align lines a number per input channel up with the last two axes of the kernel.
 */
export function foldInputAffine(
  { address, store }: OperationSource,
  parameters: () => OperationParameters,
  { affine, outputAxes, align = asColumn }: { affine: Operation; outputAxes: 1 | 2; align?: Alignment },
): () => OperationParameters {
  return () => {
    const { kernel, bias } = parameters() as { kernel: Tensor; bias?: Tensor };
    const scale = parameter<Tensor1D>(affine.parameters, 'scale');
    const shift = parameter<Tensor1D>(affine.parameters, 'shift');
    const summed = kernel.shape.slice(0, -outputAxes).map((_, axis) => axis);
    return {
      kernel: store.derive(`${address}: kernel behind an affine map`, [kernel, scale], () =>
        tf.mul(kernel, align(scale, kernel.shape)),
      ),
      bias: store.derive(
        `${address}: bias behind an affine map`,
        bias ? [kernel, shift, bias] : [kernel, shift],
        () => {
          const moved = tf.sum(tf.mul(kernel, align(shift, kernel.shape)), summed);
          // Added even without a bias: the wasm backend reads the rank of a bias from its data, not from its shape.
          return tf.add(tf.reshape(moved, [-1]), bias ?? 0);
        },
      ),
    };
  };
}

/** Lines a number per input channel up with the last two axes of a kernel of that shape. */
type Alignment = (perInput: Tensor1D, kernelShape: readonly number[]) => Tensor;

function asColumn(perInput: Tensor1D): Tensor {
  return tf.reshape(perInput, [-1, 1]);
}

/** Convolution and dense kernels end in the output channels. */
export function lastAxis(kernelShape: readonly number[]): readonly number[] {
  return kernelShape.slice(-1);
}

/** tfjs fuses ReLU and ReLU6 on every backend, other ceilings on none. */
export function fusesRelu({ ceiling }: FusedActivation): boolean {
  return ceiling === undefined || ceiling === 6;
}

/** What tfjs calls the activation to fuse. */
export function fusedName(activation: FusedActivation | undefined): 'linear' | 'relu' | 'relu6' {
  if (activation === undefined) return 'linear';
  return activation.ceiling === 6 ? 'relu6' : 'relu';
}

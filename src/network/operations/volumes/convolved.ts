import type { Tensor, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow } from '../../../backend/kernels/elementwise.ts';
import { outputSize, paddingAround, type WindowAxis } from '../../../backend/kernels/geometry.ts';
import type { OperationParameters } from '../../graph/operation.ts';
import { framedAlong } from './volumeGradient.ts';
import { axisOf, type Triple, type Window3d } from './window3d.ts';

/** A convolution of a volume with a kernel that is dilated already. */
export function convolved(x: Tensor, kernel: Tensor5D, { strides, padding }: Window3d): Tensor5D {
  const size = kernel.shape.slice(0, 3) as unknown as Triple;
  const axes = ([0, 1, 2] as const).map((axis) => axisOf({ strides, padding }, size, axis));
  const lengthAt = (axis: number): number => x.shape[axis + 1] as number;
  if (padding === 'valid' || !axes.some((along, axis) => leavesOut(lengthAt(axis), along))) {
    return tf.conv3d(x as Tensor5D, kernel, [...strides], padding);
  }
  const framed = axes.reduce(
    (value, along, axis) => framedAlong(value, axis + 1, paddingAround(lengthAt(axis), along)),
    x,
  );
  return tf.conv3d(framed as Tensor5D, kernel, [...strides], 'valid');
}

/** Whether the last windows end before the axis does: tfjs then cuts the volume where nothing is to be padded. */
function leavesOut(length: number, along: WindowAxis): boolean {
  return (outputSize(length, along) - 1) * along.stride + along.window < length;
}

/** A volume and the bias of its channels. */
export function biased(y: Tensor, { bias }: OperationParameters): Tensor {
  return bias ? tf.add(y, channelRow(bias)) : y;
}

import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation, Parameters } from '../operation.ts';
import { describeOperation, type OperationSource, only, onlyShape, parameter, wholeRegion } from './base.ts';

/** The window of a 3-D convolution, per axis. */
export interface Window3d {
  readonly strides: readonly [number, number, number];
  readonly padding: 'same' | 'valid';
}

/**
 * A 3-D convolution: `kernel` [depth, height, width, in, out], optional `bias` [out]. Its pullback is a convolution of
 * the spread cotangent with the flipped kernel: the gradient kernel of the wasm backend gives wrong numbers.
 */
export function conv3d(source: OperationSource, window: Window3d, parameters: () => Parameters): Operation {
  const { strides, padding } = window;
  return {
    ...describeOperation('opaque', source),
    get parameters() {
      return parameters();
    },
    forward: (inputs, weights = parameters()) => {
      const y = tf.conv3d(only({ inputs }) as Tensor5D, parameter<Tensor5D>(weights, 'kernel'), [...strides], padding);
      // As rows: the webgpu backend cannot add a vector to a tensor of rank 5.
      return weights.bias ? tf.reshape(tf.add(tf.reshape(y, [-1, y.shape[4]]), weights.bias), y.shape) : y;
    },
    pullback: (cotangent, io, weights = parameters()) => {
      const kernel = parameter<Tensor5D>(weights, 'kernel');
      const shape = onlyShape(io);
      const spread = [1, 2, 3].reduce(
        (value, axis) => spreadAlong(value, axis, { ...span(axis, kernel, window), length: shape[axis] as number }),
        cotangent,
      );
      return [tf.conv3d(spread as Tensor5D, flipped(kernel), 1, 'valid')];
    },
    region: wholeRegion,
    withParameters: (other) => conv3d(source, window, other),
  };
}

/** The kernel turned around in space, its channels swapped. */
function flipped(kernel: Tensor5D): Tensor5D {
  const [depth, height, width, channels, units] = kernel.shape;
  // As one axis: the webgl backend reverses and transposes no more than four.
  const taps = tf.reverse(tf.reshape(kernel, [depth * height * width, channels, units]), 0);
  return tf.reshape(tf.transpose(taps, [0, 2, 1]), [depth, height, width, units, channels]);
}

interface Span {
  readonly taps: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
}

function span(axis: number, kernel: Tensor, { strides, padding }: Window3d): Span {
  return { taps: kernel.shape[axis - 1] as number, stride: strides[axis - 1] as number, padding };
}

/** Puts stride − 1 zeros after each value of an axis and as many around that a convolution gives back `length` values. */
function spreadAlong(x: Tensor, axis: number, { taps, stride, padding, length }: Span & { length: number }): Tensor {
  const count = x.shape[axis] as number;
  const outer = x.shape.slice(0, axis).reduce((product, size) => product * size, 1);
  const inner = x.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const apart = tf.reshape(x, [outer, count, 1, inner]) as Tensor4D;
  const zeros = (size: number): Tensor4D => tf.zeros([outer, 1, size, inner]);
  const line = tf.reshape(stride === 1 ? apart : tf.concat([apart, tf.zeros([outer, count, stride - 1, inner])], 2), [
    outer,
    1,
    count * stride,
    inner,
  ]);
  const reach = Math.max((count - 1) * stride + taps - length, 0);
  const before = taps - 1 - (padding === 'same' ? Math.floor(reach / 2) : 0);
  const after = Math.max(length + taps - 1 - before - count * stride, 0);
  const framed = tf.concat([...(before > 0 ? [zeros(before)] : []), line, ...(after > 0 ? [zeros(after)] : [])], 2);
  const whole = tf.slice(framed, [0, 0, 0, 0], [outer, 1, length + taps - 1, inner]);
  return tf.reshape(whole, [...x.shape.slice(0, axis), length + taps - 1, ...x.shape.slice(axis + 1)]);
}

import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { extentOf, paddingBefore, type WindowAxis } from '../../../backend/kernels/geometry.ts';
import { sizeOf } from '../../../numeric/ndarray.ts';
import { axisOf, type Window3d } from './window3d.ts';

/**
 * The gradient of a 3-D convolution with respect to an input of a shape: a convolution of the spread cotangent with the
 * flipped kernel. The gradient kernel of the wasm backend gives wrong numbers.
 *
 * @param flippedKernel what {@link flipped} made of the kernel.
 */
export function volumeGradient(
  cotangent: Tensor,
  flippedKernel: Tensor5D,
  inputShape: readonly number[],
  window: Window3d,
): Tensor5D {
  const taps = flippedKernel.shape.slice(0, 3) as [number, number, number];
  const spread = ([0, 1, 2] as const).reduce(
    (value, axis) => spreadAlong(value, axis + 1, axisOf(window, taps, axis), inputShape[axis + 1] as number),
    cotangent,
  );
  return tf.conv3d(spread as Tensor5D, dilated(flippedKernel, window), 1, 'valid');
}

/** The kernel turned around in space, its channels swapped. */
export function flipped(kernel: Tensor5D): Tensor5D {
  const [depth, height, width, channels, units] = kernel.shape;
  // As one axis: the webgl backend reverses and transposes no more than four.
  const taps = tf.reverse(tf.reshape(kernel, [depth * height * width, channels, units]), 0);
  return tf.reshape(tf.transpose(taps, [0, 2, 1]), [depth, height, width, units, channels]);
}

/** The kernel with zeros between its places: tfjs dilates no convolution that strides, and none on every backend. */
export function dilated(kernel: Tensor5D, { dilations = [1, 1, 1] }: Window3d): Tensor5D {
  return dilations.reduce<Tensor>((value, rate, axis) => {
    const count = value.shape[axis] as number;
    return rate === 1 ? value : cutTo(apartAlong(value, axis, rate), axis, (count - 1) * rate + 1);
  }, kernel) as Tensor5D;
}

/** Puts zeros after each value of an axis and as many around that a convolution gives back `length` values. */
function spreadAlong(x: Tensor, axis: number, along: WindowAxis, length: number): Tensor {
  const extent = extentOf(along);
  const line = apartAlong(x, axis, along.stride);
  const before = extent - 1 - paddingBefore(length, along);
  const after = Math.max(length + extent - 1 - before - (line.shape[axis] as number), 0);
  return cutTo(framedAlong(line, axis, [before, after]), axis, length + extent - 1);
}

/** Every value of an axis with stride − 1 zeros after it. */
function apartAlong(x: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return x;
  const [outer, count, inner] = around(x, axis);
  const apart = tf.reshape(x, [outer, count, 1, inner]) as Tensor4D;
  const whole = tf.concat([apart, tf.zeros([outer, count, stride - 1, inner])], 2);
  return tf.reshape(whole, withLength(x.shape, axis, count * stride));
}

/** An axis with zeros before and after it. */
export function framedAlong(x: Tensor, axis: number, [before, after]: readonly [number, number]): Tensor {
  if (before === 0 && after === 0) return x;
  const [outer, count, inner] = around(x, axis);
  const framed = tf.pad(tf.reshape(x, [outer, count, inner]), [
    [0, 0],
    [before, after],
    [0, 0],
  ]);
  return tf.reshape(framed, withLength(x.shape, axis, before + count + after));
}

/** The first values of an axis. */
function cutTo(x: Tensor, axis: number, length: number): Tensor {
  const [outer, count, inner] = around(x, axis);
  if (count === length) return x;
  const cut = tf.slice(tf.reshape(x, [outer, count, inner]), [0, 0, 0], [outer, length, inner]);
  return tf.reshape(cut, withLength(x.shape, axis, length));
}

/** The lengths before, at and behind an axis: no backend has kernels of five axes for everything. */
function around({ shape }: Tensor, axis: number): [number, number, number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis] as number, sizeOf(shape.slice(axis + 1))];
}

function withLength(shape: readonly number[], axis: number, length: number): number[] {
  return shape.map((given, i) => (i === axis ? length : given));
}

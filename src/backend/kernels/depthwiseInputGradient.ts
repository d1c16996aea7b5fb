import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { depthwiseRoom } from './depthwise.ts';
import { axisOf, extentOf, paddingBefore, type WindowGeometry } from './geometry.ts';
import { cropped } from './phases.ts';
import type { SimdBuild } from './simd/instances.ts';
import { bySimd } from './simd/simd.ts';
import { stuffedKernel } from './stuffedKernel.ts';

/** The kernel [h, w, in, multiplier] of a depthwise convolution as `depthwiseInputGradient` reads it on the backend in use. */
export function prepareDepthwiseKernel(kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  return tf.tidy(() => (tf.getBackend() === 'wasm' ? byChannel(kernel) : stuffedKernel(kernel, geometry)));
}

/**
 * The gradient of a depthwise convolution with respect to its input.
 *
 * @param build On wasm: `'plain'` gives the same bits in all engines with SIMD; `'fastest'` may fuse products and sums.
 */
export function depthwiseInputGradient(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
  build?: SimdBuild,
): Tensor4D {
  // The wasm backend has no kernel for this gradient.
  if (tf.getBackend() === 'wasm') {
    return tf.tidy(() => {
      const gradient =
        inSimd(cotangent, prepared, inputShape, geometry, build) ??
        byFlippedKernel(cotangent, prepared, inputShape, geometry);
      return sumMultiplier(gradient, inputShape);
    });
  }
  const { strides, padding: pad } = geometry;
  return tf
    .engine()
    .runKernel(
      tf.DepthwiseConv2dNativeBackpropInput,
      { dy: cotangent, filter: prepared },
      { strides: [...strides], pad, dilations: [1, 1], inputShape: [...inputShape] },
    );
}

/** The kernel [h, w, in · multiplier, 1]: XNNPACK is fast on a multiplier of 1 alone. */
function byChannel(kernel: Tensor4D): Tensor4D {
  const [height, width, inputs, multiplier] = kernel.shape;
  return tf.reshape(kernel, [height, width, inputs * multiplier, 1]);
}

/** Sums over the taps that reach a position: nothing is multiplied by the zeros of a stride. */
function inSimd(
  cotangent: Tensor4D,
  kernel: Tensor4D,
  [batch, rows, columns]: readonly number[],
  geometry: WindowGeometry,
  build?: SimdBuild,
): Tensor4D | undefined {
  const { window, strides, dilations } = geometry;
  const [, outputRows, outputColumns, channels] = cotangent.shape;
  const plane = [batch as number, rows as number, columns as number, channels];
  const before = ([0, 1] as const).map((axis) => paddingBefore(plane[axis + 1] as number, axisOf(geometry, axis)));
  return bySimd(
    [cotangent, kernel],
    plane,
    ({ kernels, at, result, scratch }) => {
      const room = scratch(depthwiseRoom(outputColumns, channels, geometry));
      const sizes = [...plane, outputRows, outputColumns, ...window, ...strides, ...dilations, ...before];
      kernels.depthwiseInputGradient(...at, result, ...room, ...sizes);
    },
    build,
  ) as Tensor4D | undefined;
}

/** A convolution of stride 1 over the cotangent with zeros in the gaps that the stride left. */
function byFlippedKernel(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  const [batch, height, width] = inputShape as Tensor4D['shape'];
  const spread = stuffed(cotangent, geometry.strides);
  const padding = (axis: 0 | 1): [number, number] => {
    const along = axisOf(geometry, axis);
    const size = inputShape[axis + 1] as number;
    const before = paddingBefore(size, along);
    return [extentOf(along) - 1 - before, Math.max(size + before - (spread.shape[axis + 1] as number), 0)];
  };
  const around: tf.backend_util.ExplicitPadding = [[0, 0], padding(0), padding(1), [0, 0]];
  const flipped = tf.reverse4d(prepared, [0, 1]);
  const whole = tf.depthwiseConv2d(spread, flipped, 1, around, 'NHWC', [...geometry.dilations]);
  return cropped(whole, [0, 0], [batch, height, width, cotangent.shape[3]]);
}

/** Each pixel followed by stride − 1 zeros, along rows and columns. */
function stuffed(x: Tensor4D, [down, across]: readonly [number, number]): Tensor4D {
  if (down === 1 && across === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const blocks = tf.pad4d(tf.reshape(x, [batch * height, 1, width, channels]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, (across - 1) * channels],
  ]);
  return tf.reshape(blocks, [batch, height * down, width * across, channels]);
}

/** Every input channel feeds as many output channels as the multiplier says. */
function sumMultiplier(gradient: Tensor4D, inputShape: readonly number[]): Tensor4D {
  const channels = inputShape[3] as number;
  const multiplier = gradient.shape[3] / channels;
  if (multiplier === 1) return gradient;
  const products: Tensor3D = tf.reshape(gradient, [-1, channels, multiplier]);
  return tf.reshape(tf.sum(products, 2), inputShape as Tensor4D['shape']);
}

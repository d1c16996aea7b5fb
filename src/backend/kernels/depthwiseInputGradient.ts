import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { dilateKernel } from './dilateKernel.ts';
import { axisOf, undilated, type WindowGeometry } from './geometry.ts';
import { interleave, phaseAxes, phaseCounts } from './phases.ts';
import { prefersForwardConvolution } from './prefersForwardConvolution.ts';

/**
 * What `depthwiseInputGradient` needs of a kernel, worth keeping between calls.
 *
 * @param kernel `[rows, columns, in, multiplier]`
 * @returns a new tensor, the caller's; it serves inputs of every size on the backend it was made on.
 */
export function prepareDepthwiseKernel(kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  return tf.tidy(() => {
    const dilated = dilateKernel(kernel, geometry.dilations);
    return prefersForwardConvolution() ? splitKernel(dilated, geometry) : dilated;
  });
}

/**
 * The gradient of a depthwise convolution with respect to its input, for every stride, padding, dilation and channel
 * multiplier. Reason: wasm has no such kernel, and the others refuse dilations.
 *
 * @param cotangent `[n, rows, columns, in · multiplier]`
 * @param prepared what `prepareDepthwiseKernel` made on this backend
 * @param inputShape `[n, rows, columns, in]`
 */
export function depthwiseInputGradient(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  const plain = undilated(geometry);
  if (!prefersForwardConvolution()) return stock(cotangent, prepared, inputShape, plain);
  return tf.tidy(() => byPhases(cotangent, prepared, inputShape, plain));
}

/** `[rows, columns, in, multiplier]` to `[multiplier · phases · phases · taps, taps, in, 1]`, flipped. */
function splitKernel(kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  const [rows, columns, channels, multiplier] = kernel.shape;
  const [tall, wide] = [phaseCounts(axisOf(geometry, 0)), phaseCounts(axisOf(geometry, 1))];
  const whole = tf.pad4d(kernel, [
    [0, tall.taps * tall.phases - rows],
    [0, wide.taps * wide.phases - columns],
    [0, 0],
    [0, 0],
  ]);
  const split = tf.reshape(whole, [tall.taps, tall.phases, wide.taps, wide.phases, channels, multiplier]);
  const ordered = tf.transpose(tf.reverse(split, [0, 2]), [5, 1, 3, 0, 2, 4]);
  return tf.reshape(ordered, [-1, wide.taps, channels, 1]);
}

/** One depthwise convolution per phase and multiple, each with stride 1. */
function byPhases(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  const [batch, rows, columns, outputs] = cotangent.shape;
  const channels = inputShape[3] as number;
  const multiplier = outputs / channels;
  const axes = phaseAxes(geometry, inputShape, cotangent.shape);
  const [tall, wide] = axes;
  const phases = tall.phases * wide.phases;
  const multiples = tf.split(tf.reshape(cotangent, [batch * rows * columns, channels, multiplier]), multiplier, 2);
  const kernels = tf.split(prepared, multiplier * phases, 0);
  const sums = multiples.map((multiple, q) => {
    const dy: Tensor4D = tf.reshape(multiple, [batch, rows, columns, channels]);
    const parts = kernels
      .slice(q * phases, (q + 1) * phases)
      .map((kernel) => tf.depthwiseConv2d(dy, kernel, 1, [[0, 0], [...tall.pad], [...wide.pad], [0, 0]]));
    return phases === 1 ? (parts[0] as Tensor4D) : tf.concat4d(parts, 3);
  });
  return interleave(tf.addN(sums) as Tensor4D, axes, channels);
}

function stock(
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: readonly number[],
  { strides, padding }: WindowGeometry,
): Tensor4D {
  return tf.engine().runKernel<Tensor4D>(
    'DepthwiseConv2dNativeBackpropInput',
    { dy, filter },
    { inputShape: [...inputShape], strides: [...strides], pad: padding, dilations: [1, 1] },
  );
}

import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';
import { interleave, phaseKernel, phasesOf, spansOf, tapCount } from './phases.ts';
import { stuffedKernel } from './stuffedKernel.ts';

/** The kernel [h, w, in, multiplier] of a depthwise convolution as `depthwiseInputGradient` reads it on the backend in use. */
export function prepareDepthwiseKernel(kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  return tf.tidy(() =>
    tf.getBackend() === 'wasm' ? singleChannelKernel(kernel, geometry) : stuffedKernel(kernel, geometry),
  );
}

/** The gradient of a depthwise convolution with respect to its input. */
export function depthwiseInputGradient(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  // The wasm backend has no kernel for this gradient.
  if (tf.getBackend() === 'wasm') return tf.tidy(() => byPhases(cotangent, prepared, inputShape, geometry));
  const { strides, padding: pad } = geometry;
  return tf
    .engine()
    .runKernel(
      tf.DepthwiseConv2dNativeBackpropInput,
      { dy: cotangent, filter: prepared },
      { strides: [...strides], pad, dilations: [1, 1], inputShape: [...inputShape] },
    );
}

/** One kernel [row phase · tap, column phase · tap, in · multiplier, 1]: XNNPACK is fast on a multiplier of 1 alone. */
function singleChannelKernel(kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  const byPhase = phaseKernel(kernel, phasesOf(geometry));
  const [height, width, inputs, multiplier] = byPhase.shape;
  return tf.reshape(byPhase, [height, width, inputs * multiplier, 1]);
}

function byPhases(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  const phases = phasesOf(geometry);
  const [rows, columns] = phases;
  const spans = spansOf(phases, cotangent.shape, { inputShape, geometry });
  const padding: tf.backend_util.ExplicitPadding = [[0, 0], spans[0].padding, spans[1].padding, [0, 0]];
  const [high, wide, channels] = [tapCount(rows.taps), tapCount(columns.taps), cotangent.shape[3]];
  const phase = (r: number, c: number): Tensor4D => {
    const kernel = tf.slice4d(prepared, [r * high, c * wide, 0, 0], [high, wide, channels, 1]);
    return tf.depthwiseConv2d(cotangent, kernel, 1, padding, 'NHWC', [rows.dilation, columns.dilation]);
  };
  const images = rows.taps.flatMap((_, r) => columns.taps.map((_, c) => phase(r, c)));
  return sumMultiplier(interleave(images, inputShape, spans), inputShape);
}

/** Every input channel feeds as many output channels as the multiplier says. */
function sumMultiplier(gradient: Tensor4D, inputShape: readonly number[]): Tensor4D {
  const channels = inputShape[3] as number;
  const multiplier = gradient.shape[3] / channels;
  if (multiplier === 1) return gradient;
  const products: Tensor3D = tf.reshape(gradient, [-1, channels, multiplier]);
  return tf.reshape(tf.sum(products, 2), inputShape as Tensor4D['shape']);
}

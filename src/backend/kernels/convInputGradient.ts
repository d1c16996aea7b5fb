import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { WindowGeometry } from './geometry.ts';
import { phaseKernel, phasesOf, placed, spansOf, swapped, tapCount } from './phases.ts';
import { stuffedKernel } from './stuffedKernel.ts';

/** The kernel [h, w, in, out] of a convolution as `convInputGradient` reads it on the backend in use. */
export function prepareConvKernel(kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  return tf.tidy(() =>
    tf.getBackend() === 'wasm' ? mergedPhaseKernel(kernel, geometry) : stuffedKernel(kernel, geometry),
  );
}

/** The gradient of a convolution with respect to its input. */
export function convInputGradient(
  cotangent: Tensor4D,
  prepared: Tensor4D,
  inputShape: readonly number[],
  geometry: WindowGeometry,
): Tensor4D {
  // Measured: wasm's own kernel is a scalar loop, 8 to 10 times slower than its forward convolution.
  if (tf.getBackend() === 'wasm') return tf.tidy(() => byPhases(cotangent, prepared, inputShape, geometry));
  const { strides, padding } = geometry;
  return tf.conv2dTranspose(cotangent, prepared, inputShape as Tensor4D['shape'], [...strides], padding);
}

/** One kernel [tap, tap, out, row phase · column phase · in] for all phases. */
function mergedPhaseKernel(kernel: Tensor4D, geometry: WindowGeometry): Tensor4D {
  const phases = phasesOf(geometry);
  const [rows, columns] = phases;
  const [, , inputs, outputs] = kernel.shape;
  const [high, wide] = [tapCount(rows.taps), tapCount(columns.taps)];
  const byPhase = tf.reshape(phaseKernel(kernel, phases), [
    rows.taps.length,
    high,
    columns.taps.length,
    wide,
    inputs,
    outputs,
  ]);
  const merged = tf.transpose(byPhase, [1, 3, 5, 0, 2, 4]);
  return tf.reshape(merged, [high, wide, outputs, rows.taps.length * columns.taps.length * inputs]);
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
  const merged = tf.conv2d(cotangent, prepared, 1, padding, 'NHWC', [rows.dilation, columns.dilation]);
  if (rows.stride === 1 && columns.stride === 1) return merged;
  const [batch, height, width, outputs] = merged.shape;
  const blocks: Tensor4D = tf.reshape(merged, [batch * height, width, rows.taps.length, -1]);
  const shape: Tensor4D['shape'] = [batch * height, rows.taps.length, width, outputs / rows.taps.length];
  return placed(swapped(blocks, shape), inputShape, spans);
}

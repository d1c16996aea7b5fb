import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { paddingBefore } from '../../../backend/kernels/geometry.ts';
import { convKernelGradient } from '../../../backend/training/convFilterGradient.ts';
import { slidingOf } from '../../../backend/training/taps.ts';
import { framedAlong } from './volumeGradient.ts';
import { axisOf, type Triple, type Window3d } from './window3d.ts';

/** The gradient of a 3-D convolution with respect to its kernel: that of a 2-D one for each place along the depth. */
export function volumeKernelGradient(
  x: Tensor,
  cotangent: Tensor,
  kernelShape: readonly number[],
  window: Window3d,
): Tensor {
  const [taps, ...planeShape] = kernelShape as [number, number, number, number, number];
  const [strides, dilations] = [window.strides.slice(1), (window.dilations ?? [1, 1, 1]).slice(1)];
  const planes = (volume: Tensor): Tensor4D => {
    const [batch = 1, depth = 1, ...plane] = volume.shape;
    return tf.reshape(volume, [batch * depth, ...plane] as Tensor4D['shape']);
  };
  const cotangents = planes(cotangent);
  const ofTap = (tap: number): Tensor => {
    const met = planes(metBy(tap, x, { kernelShape, window, count: cotangent.shape[1] as number }));
    const sliding = slidingOf(met.shape, planeShape, { strides, dilations, pad: window.padding });
    return convKernelGradient(met, cotangents, { kernelShape: planeShape, sliding });
  };
  return tf.stack(Array.from({ length: taps }, (_, tap) => tf.tidy(() => ofTap(tap))));
}

/** The planes that a place of the kernel along the depth meets, one for each plane of the output. */
function metBy(
  tap: number,
  x: Tensor,
  { kernelShape, window, count }: { kernelShape: readonly number[]; window: Window3d; count: number },
): Tensor {
  const along = axisOf(window, kernelShape.slice(0, 3) as unknown as Triple, 0);
  const [batch = 1, depth = 1, ...plane] = x.shape;
  const first = tap * along.dilation - paddingBefore(depth, along);
  const before = Math.max(-first, 0);
  const after = Math.max(first + count * along.stride - depth, 0);
  const framed = framedAlong(x, 1, [before, after]);
  const size = plane.reduce((product, length) => product * length, 1);
  const lines = tf.reshape(framed, [batch, before + depth + after, size]);
  const span = tf.slice(lines, [0, first + before, 0], [batch, count * along.stride, size]);
  const apart = tf.reshape(span, [batch, count, along.stride, size]);
  return tf.reshape(tf.slice(apart, [0, 0, 0, 0], [batch, count, 1, size]), [batch, count, ...plane]);
}

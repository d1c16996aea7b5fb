import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Activation } from './elementwise.ts';
import { axisOf, extentOf, outputSize, paddingBefore, type WindowGeometry } from './geometry.ts';
import type { SimdBuild } from './simd/instances.ts';
import { bySimd } from './simd/simd.ts';

/** What a depthwise convolution has learnt: a kernel [height, width, in, multiplier] and a bias [in · multiplier]. */
export interface DepthwiseWeights {
  readonly kernel: Tensor4D;
  readonly bias?: Tensor | undefined;
}

/**
 * A depthwise convolution by SIMD kernels, in which output channel $cm + j$ reads input channel $c$:
 * $y_{pq,cm+j} = \sigma(b_{cm+j} + \sum_{kl} w_{klcj}\,x_{ps_1 + kd_1 - t,\,qs_2 + ld_2 - u,\,c})$. Undefined where there
 * are none, and tfjs shall do it. It does not have the bits of tfjs's, which sums in another order.
 */
export function depthwiseForward(
  x: Tensor4D,
  { kernel, bias }: DepthwiseWeights,
  geometry: WindowGeometry,
  activation?: Activation,
  build?: SimdBuild,
): Tensor4D | undefined {
  const [height, width, inputs, multiplier] = kernel.shape;
  const [batch, rows, columns] = x.shape;
  const axes = [axisOf(geometry, 0), axisOf(geometry, 1)] as const;
  const plane = [outputSize(rows, axes[0]), outputSize(columns, axes[1])] as const;
  if (Math.min(...plane) < 1) return undefined;
  const channels = inputs * multiplier;
  const before = [paddingBefore(rows, axes[0]), paddingBefore(columns, axes[1])];
  const limits = activation ? [0, activation.ceiling ?? Infinity] : [-Infinity, Infinity];
  const repeated = multiplier === 1 ? x : repeatedChannels(x, multiplier);
  if (!repeated) return undefined;
  try {
    return bySimd(
      [repeated, kernel, ...(bias ? [bias] : [])],
      [batch, ...plane, channels],
      ({ kernels, at: [from = 0, taps = 0, shift = 0], result, scratch }) => {
        const room = scratch(depthwiseRoom(columns, channels, geometry));
        const sizes = [batch, rows, columns, channels, ...plane, height, width];
        const steps = [...geometry.strides, ...geometry.dilations, ...before];
        kernels.depthwise(from, taps, shift, result, ...room, ...sizes, ...steps, ...limits);
      },
      build,
    ) as Tensor4D | undefined;
  } finally {
    if (repeated !== x) repeated.dispose();
  }
}

/**
 * What the kernels of depthwise convolutions and of their gradients need besides, in bytes: the rows of a window with the
 * zeros around them, of what is read, which has so many columns.
 */
export function depthwiseRoom(columns: number, channels: number, geometry: WindowGeometry): number {
  const [tall, wide] = [extentOf(axisOf(geometry, 0)), extentOf(axisOf(geometry, 1))];
  // 4 columns of results are made at least.
  const padded = columns + 2 * wide + 4 * geometry.strides[1];
  return 4 * (5 * channels + 3 * tall + 16 + tall * padded * channels);
}

/** Each channel as many times in a row as it is read. */
function repeatedChannels(x: Tensor4D, multiplier: number): Tensor4D | undefined {
  const [batch, rows, columns, channels] = x.shape;
  return bySimd([x], [batch, rows, columns, channels * multiplier], ({ kernels, at, result }) =>
    kernels.repeatChannels(...at, result, x.size, multiplier),
  ) as Tensor4D | undefined;
}

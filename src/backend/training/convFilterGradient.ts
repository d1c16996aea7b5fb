import type { KernelConfig, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { bySimd } from '../kernels/simd/simd.ts';
import { mapTaps, type Sliding, slidingOf } from './taps.ts';

/** tfjs's kernel `Conv2DBackpropFilter`. */
export const convFilterGradient: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { filterShape, dataFormat } = attrs as unknown as { filterShape: number[]; dataFormat?: 'NHWC' | 'NCHW' };
  return tf.tidy(() => {
    const [x, dy] = [inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D].map((tensor) =>
      dataFormat === 'NCHW' ? (tf.transpose(tensor, [0, 2, 3, 1]) as Tensor4D) : tensor,
    ) as [Tensor4D, Tensor4D];
    return convKernelGradient(x, dy, { kernelShape: filterShape, sliding: slidingOf(x.shape, filterShape, attrs) });
  });
};

/** Where a kernel [rows, columns, in, out] lies on its input. */
export interface KernelPlacement {
  readonly kernelShape: readonly number[];
  readonly sliding: Sliding;
}

/** Σ over positions of what each weight met times the cotangent of what it fed. */
export function convKernelGradient(x: Tensor4D, cotangent: Tensor4D, placement: KernelPlacement): Tensor {
  return inSimd(x, cotangent, placement) ?? byProducts(x, cotangent, placement);
}

/** Measured on wasm: a convolution of 13² × 16, batch 64, to 32 in 1.2 ms, by products of taps 5.2. */
function inSimd(x: Tensor4D, cotangent: Tensor4D, { kernelShape, sliding }: KernelPlacement): Tensor | undefined {
  if (x.size * cotangent.size === 0) return undefined;
  const { filter, strides, dilations, padding } = sliding;
  const { images, rows, room } = blockOf(x.shape, cotangent.shape, sliding);
  return bySimd([x, cotangent], kernelShape, ({ kernels, at, result, scratch }) => {
    const sizes = [...x.shape, ...cotangent.shape.slice(1), ...filter, ...strides, ...dilations];
    kernels.convFilterGradient(...at, result, ...scratch(room), ...sizes, padding[0][0], padding[1][0], images, rows);
  });
}

/** Positions that are summed in registers: what they read stays in the caches while all weights pass over them. */
const BLOCK = 256;

/** How many images, and rows of an output, are summed at a time, and the bytes of what is copied for them. */
export function blockOf(
  [batch, , , channels]: Tensor4D['shape'],
  [, high, wide]: Tensor4D['shape'],
  { filter, strides, dilations }: Sliding,
): { images: number; rows: number; room: number } {
  const within = (most: number, count: number): number => Math.max(1, Math.min(most, Math.floor(count)));
  const images = within(batch, BLOCK / (high * wide));
  const rows = within(high, BLOCK / wide);
  const read = (axis: 0 | 1, outputs: number): number =>
    (outputs - 1) * strides[axis] + (filter[axis] - 1) * dilations[axis] + 1;
  const room = 4 * (images * read(0, rows) * read(1, wide) * channels + 8 * images * rows * wide + 40);
  return { images, rows, room };
}

/** A matrix product for each position in the filter. */
function byProducts(x: Tensor4D, cotangent: Tensor4D, { kernelShape, sliding }: KernelPlacement): Tensor {
  const [channels, filters] = kernelShape.slice(2) as [number, number];
  const cotangents = tf.reshape(cotangent, [-1, filters]);
  // Transposed once, so that the products need not be.
  const products = mapTaps(x, cotangent.shape, sliding, (tap) =>
    tf.matMul(tf.transpose(tf.reshape(tap, [-1, channels])), cotangents),
  );
  return tf.reshape(tf.concat(products, 0), [...kernelShape]);
}

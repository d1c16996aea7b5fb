import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { resizeBilinear } from './resizeBilinear.ts';

const centres = { alignCorners: false, halfPixelCenters: true } as const;

/**
 * Linear resizing along one to three axes of places of `[n, …, c]`, between the centres of pixels: rows and columns of
 * each plane first, then the planes of volumes.
 */
export function resizePlaces(x: Tensor, lengths: readonly number[]): Tensor {
  const [count, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  const [height, width = 1] = lengths.slice(-2) as [number, number?];
  const [rows, columns = 1] = x.shape.slice(1, -1).slice(-2) as [number, number?];
  const planes: Tensor4D = tf.reshape(x, [-1, rows, columns, channels]);
  const resized = resizeBilinear(planes, [height, width], centres);
  if (lengths.length < 3) return tf.reshape(resized, [count, ...lengths, channels]);
  const size = height * width * channels;
  // A width that stays is read at its own centres, as it is.
  const along = resizeBilinear(tf.reshape(resized, [count, -1, size, 1]), [lengths[0] as number, size], centres);
  return tf.reshape(along, [count, ...lengths, channels]);
}

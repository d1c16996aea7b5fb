import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { bySimd } from './simd/simd.ts';

/** A row and a column of an image plane. */
export type Position = readonly [row: number, column: number];

/** Parts `[k, h, w, c]` of `k` planes, of one size, and where each begins. */
export interface Patch {
  readonly tensor: Tensor4D;
  readonly at: readonly Position[];
}

/** Regions of one size, one of each plane; they may reach over the border. */
export interface Regions {
  readonly at: readonly Position[];
  readonly size: readonly [rows: number, columns: number];
  /** The value beyond the border. */
  readonly beyond: number;
}

/**
 * Regions `[k, …size, c]` of `k` planes that are one plane `[1, h, w, c]` but for a patch each, which lies within it.
 * Reason: slices, padding and joining by tfjs's operations would copy the planes several times.
 */
export function cropRegions(plane: Tensor4D, patch: Patch | undefined, regions: Regions): Tensor4D {
  return bySimdCopies(plane, patch, regions) ?? tf.tidy(() => byGather(plane, patch, regions));
}

function bySimdCopies(plane: Tensor4D, patch: Patch | undefined, regions: Regions): Tensor4D | undefined {
  const { size, beyond } = regions;
  const count = regions.at.length;
  const [, rows, columns, channels] = plane.shape;
  const [, patchRows, patchColumns] = patch?.tensor.shape ?? [0, 0, 0];
  const places = regions.at.flatMap((region, i) => [...region, ...(patch?.at[i] ?? [0, 0])]);
  const list = tf.tensor1d(places, 'float32');
  const copied = bySimd([plane, patch?.tensor ?? plane, list], [count, ...size, channels], ({ kernels, at, result }) =>
    kernels.cropRegions(...at, result, count, rows, columns, channels * 4, patchRows, patchColumns, ...size, beyond),
  );
  list.dispose();
  return copied as Tensor4D | undefined;
}

/** By the number of each pixel in a table of those of the plane, of the patches and one beyond the border. */
function byGather(plane: Tensor4D, patch: Patch | undefined, { at, size, beyond }: Regions): Tensor4D {
  const [, rows, columns, channels] = plane.shape;
  const asRows = (tensor: Tensor4D): Tensor2D => tf.reshape(tensor, [-1, channels]);
  const table = tf.concat([asRows(plane), ...(patch ? [asRows(patch.tensor)] : []), tf.fill([1, channels], beyond)]);
  const numberOf = pixelNumbers([rows, columns], patch, table.shape[0] as number);
  const [tall, wide] = size;
  const numbers = Int32Array.from({ length: at.length * tall * wide }, (_, i) => {
    const k = Math.floor(i / (tall * wide));
    const [row, column] = at[k] as Position;
    return numberOf(k, row + (Math.floor(i / wide) % tall), column + (i % wide));
  });
  return tf.reshape(tf.gather(table, tf.tensor1d(numbers, 'int32')), [at.length, tall, wide, channels]);
}

/** Where the pixel of a plane lies in the table. */
function pixelNumbers(
  [rows, columns]: readonly [number, number],
  patch: Patch | undefined,
  length: number,
): (k: number, row: number, column: number) => number {
  const [count, tall, wide] = patch?.tensor.shape ?? [0, 0, 0];
  return (k, row, column) => {
    if (row < 0 || row >= rows || column < 0 || column >= columns) return length - 1;
    const [top, left] = patch?.at[k] ?? [0, 0];
    const [y, x] = [row - top, column - left];
    const changed = k < count && y >= 0 && y < tall && x >= 0 && x < wide;
    return changed ? rows * columns + (k * tall + y) * wide + x : row * columns + column;
  };
}

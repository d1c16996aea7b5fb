import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertRoom } from '../../../numeric/check.ts';
import { random } from '../../../numeric/random.ts';

/** What the masks are made of. */
export interface RiseMasking {
  /** Rows and columns; of volumes planes, rows and columns. */
  readonly lengths: readonly number[];
  /** Along each axis. */
  readonly cells: number;
  readonly probability: number;
  /** The stream of random numbers; that of each mask goes on with its number. */
  readonly stream: readonly [seed: number, example: number];
}

/**
 * Masks `start…end`, `[k, h, w]` or `[k, d, h, w]`: random cells, interpolated linearly along each axis to one cell more than
 * there is room for and cut out at a random place. Each axis is interpolated by one small matrix, so that every backend
 * makes them alike.
 */
export function riseMasks(masking: RiseMasking, start: number, end: number): Tensor {
  const { lengths, cells } = masking;
  const { grids, alongAxes } = drawn(masking, start, end);
  const matrices = alongAxes.map((weights, axis) =>
    tf.tensor3d(weights, [end - start, lengths[axis] as number, cells]),
  );
  const [left, right] = matrices.slice(-2) as [Tensor3D, Tensor3D];
  if (lengths.length === 2) return inPlanes(tf.tensor3d(grids, [end - start, cells, cells]), left, right);
  const [deep, depth] = [matrices[0] as Tensor3D, lengths[0] as number];
  const planes = tf.matMul(deep, tf.tensor3d(grids, [end - start, cells, cells ** 2]));
  const masks = inPlanes(tf.reshape(planes, [-1, cells, cells]), eachTimes(left, depth), eachTimes(right, depth));
  return tf.reshape(masks, [end - start, ...lengths]);
}

/** Cells interpolated along rows and columns. */
function inPlanes(cells: Tensor3D, left: Tensor3D, right: Tensor3D): Tensor {
  return tf.matMul(tf.matMul(left, cells), right, false, true);
}

/** Each matrix so many times, one after the other. */
function eachTimes(matrices: Tensor3D, times: number): Tensor3D {
  const [, rows, columns] = matrices.shape;
  return tf.reshape(tf.tile(tf.expandDims(matrices, 1), [1, times, 1, 1]), [-1, rows, columns]);
}

/** The cells of each mask, and per axis the weights of the cells at each position. */
function drawn(
  { lengths, cells, probability, stream }: RiseMasking,
  start: number,
  end: number,
): { readonly grids: Float32Array; readonly alongAxes: readonly Float32Array[] } {
  const count = end - start;
  const size = cells ** lengths.length;
  assertRoom('cells', [count, size / cells, Math.max(cells, ...lengths)]);
  const grids = new Float32Array(count * size);
  const alongAxes = lengths.map((length) => new Float32Array(count * length * cells));
  for (let k = 0; k < count; k++) {
    const source = random(...stream, start + k);
    for (let i = 0; i < size; i++) grids[k * size + i] = Number(source.uniform() < probability);
    lengths.forEach((length, axis) => {
      const cell = Math.ceil(length / cells);
      const weights = (alongAxes[axis] as Float32Array).subarray(k * length * cells, (k + 1) * length * cells);
      interpolate(weights, { cells, cell, shift: source.integer(cell) });
    });
  }
  return { grids, alongAxes };
}

/** The weights of the cells at each position, `[positions × cells]`: half-pixel bilinear, the edge cells going on. */
function interpolate(
  weights: Float32Array,
  { cells, cell, shift }: { cells: number; cell: number; shift: number },
): void {
  const length = (cells + 1) * cell;
  for (let position = 0; position < weights.length / cells; position++) {
    const centre = ((position + shift + 0.5) * cells) / length - 0.5;
    const clamped = Math.min(Math.max(centre, 0), cells - 1);
    const first = Math.min(Math.floor(clamped), Math.max(0, cells - 2));
    const share = clamped - first;
    weights[position * cells + first] = 1 - share;
    if (cells > 1) weights[position * cells + first + 1] = share;
  }
}

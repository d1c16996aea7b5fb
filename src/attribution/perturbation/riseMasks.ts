import type { Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { random } from '../../numeric/random.ts';

/** What the masks are made of. */
export interface RiseMasking {
  readonly plane: readonly [rows: number, columns: number];
  readonly cells: number;
  readonly probability: number;
  /** The stream of random numbers; that of each mask goes on with its number. */
  readonly stream: readonly [seed: number, example: number];
}

/**
 * Masks `start…end`, `[k, h, w]`: random cells, interpolated bilinearly to one cell more than the plane and cut out at a
 * random place. Rows and columns are interpolated by one small matrix each, so that every backend makes them alike.
 */
export function riseMasks({ plane, cells, probability, stream }: RiseMasking, start: number, end: number): Tensor3D {
  const count = end - start;
  const [rows, columns] = plane;
  const grids = new Float32Array(count * cells * cells);
  const alongRows = new Float32Array(count * rows * cells);
  const alongColumns = new Float32Array(count * columns * cells);
  const [cellRows, cellColumns] = [Math.ceil(rows / cells), Math.ceil(columns / cells)];
  for (let k = 0; k < count; k++) {
    const source = random(...stream, start + k);
    for (let i = 0; i < cells * cells; i++) grids[k * cells * cells + i] = Number(source.uniform() < probability);
    const shift = [source.integer(cellRows), source.integer(cellColumns)] as const;
    interpolate(alongRows.subarray(k * rows * cells, (k + 1) * rows * cells), {
      cells,
      cell: cellRows,
      shift: shift[0],
    });
    interpolate(alongColumns.subarray(k * columns * cells, (k + 1) * columns * cells), {
      cells,
      cell: cellColumns,
      shift: shift[1],
    });
  }
  const grid = tf.tensor3d(grids, [count, cells, cells]);
  const left = tf.tensor3d(alongRows, [count, rows, cells]);
  const right = tf.tensor3d(alongColumns, [count, columns, cells]);
  return tf.matMul(tf.matMul(left, grid), right, false, true) as Tensor3D;
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

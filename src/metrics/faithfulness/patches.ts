import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, placeAt, sizeOf } from '../../numeric/ndarray.ts';
import { isPlaced } from '../../scoring/placedInput.ts';

/** Rows and columns of a picture. */
export type Plane = readonly [rows: number, columns: number];

/** The patch, as long along each axis, that each position of a picture or volume lies in, row by row; the last ones are cut off at the border. */
export function patches(lengths: readonly number[], side: number): Int32Array {
  const counts = lengths.map((length) => Math.ceil(length / side));
  return Int32Array.from({ length: sizeOf(lengths) }, (_, i) =>
    placeAt(i, lengths).reduce((patch, index, axis) => patch * (counts[axis] as number) + Math.floor(index / side), 0),
  );
}

/** The rows and columns of a batch of pictures; of volumes planes, rows and columns. */
export function lengthsOf({ shape }: NdArray): readonly number[] {
  if (isPlaced(shape)) return shape.slice(1, -1);
  throw new VitrineError(
    'bad-shape',
    `"x" expected pictures [n, h, w, c] or volumes [n, d, h, w, c], got shape [${shape.join(', ')}]`,
  );
}

/** The rows and columns of a batch of pictures, which volumes have not. */
export function planeOf({ shape }: NdArray): Plane {
  if (shape.length === 4) return [shape[1] as number, shape[2] as number];
  throw new VitrineError('bad-shape', `"x" expected pictures [n, h, w, c], got shape [${shape.join(', ')}]`);
}

import type { NdArray } from '../../numeric/ndarray.ts';

/** Rows and columns of a picture. */
export type Plane = readonly [rows: number, columns: number];

/** The square patch that each position of a picture lies in, row by row; the last ones are cut off at the border. */
export function patches([rows, columns]: Plane, side: number): Int32Array {
  const across = Math.ceil(columns / side);
  return Int32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return Math.floor(row / side) * across + Math.floor(column / side);
  });
}

/** The rows and columns of a batch of pictures. */
export function planeOf(pictures: NdArray): Plane {
  assertPictures(pictures);
  return [pictures.shape[1] as number, pictures.shape[2] as number];
}

/** Refuses what has no rows and columns. */
export function assertPictures({ shape }: NdArray): void {
  if (shape.length === 4) return;
  throw new RangeError(`"x" expected pictures [n, h, w, c], got shape [${shape.join(', ')}]`);
}

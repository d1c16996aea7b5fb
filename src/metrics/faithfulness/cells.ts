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

/** The cell that each position lies in when a picture is cut into `side` × `side` cells, or one per pixel if it is smaller. */
export function gridCells([rows, columns]: Plane, side: number): Int32Array {
  const [down, across] = [Math.min(side, rows), Math.min(side, columns)];
  return Int32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return Math.floor((row * down) / rows) * across + Math.floor((column * across) / columns);
  });
}

/** The rows and columns of a batch of pictures. */
export function planeOf({ shape }: Pick<NdArray, 'shape'>): Plane {
  if (shape.length === 4) return [shape[1] as number, shape[2] as number];
  throw new RangeError(`"x" expected pictures [n, h, w, c], got shape [${shape.join(', ')}]`);
}

import { norm } from './vectors.ts';

/** Rows or columns from the first to before the last. */
export type Window = readonly [start: number, end: number];

/** The unit vector whose reflection turns a vector into the direction of the first axis; zeros for no vector. */
export function reflector(vector: Float64Array): Float64Array {
  const length = norm(vector);
  if (length === 0) return vector;
  const normal = vector.map((value) => value / length);
  normal[0] = at(normal, 0) + (at(normal, 0) < 0 ? -1 : 1);
  const scale = norm(normal);
  return normal.map((value) => value / scale);
}

/** Reflects columns of a matrix, in the rows from `from` on. */
export function reflectRows(
  matrix: Float64Array,
  n: number,
  { normal, from, columns: [left, right] }: { normal: Float64Array; from: number; columns: Window },
): void {
  const along = new Float64Array(right - left);
  for (let i = 0; i < normal.length; i++) {
    const row = (from + i) * n + left;
    const weight = at(normal, i);
    for (let j = 0; j < along.length; j++) along[j]! += weight * at(matrix, row + j);
  }
  for (let i = 0; i < normal.length; i++) {
    const row = (from + i) * n + left;
    const weight = 2 * at(normal, i);
    for (let j = 0; j < along.length; j++) matrix[row + j]! -= weight * at(along, j);
  }
}

/** Reflects rows of a matrix, in the columns from `from` on. */
export function reflectColumns(
  matrix: Float64Array,
  n: number,
  { normal, from, rows: [top, bottom] }: { normal: Float64Array; from: number; rows: Window },
): void {
  for (let row = top; row < bottom; row++) {
    const place = row * n + from;
    let along = 0;
    for (let i = 0; i < normal.length; i++) along += at(normal, i) * at(matrix, place + i);
    for (let i = 0; i < normal.length; i++) matrix[place + i]! -= 2 * along * at(normal, i);
  }
}

function at(values: Float64Array, place: number): number {
  return values[place] as number;
}

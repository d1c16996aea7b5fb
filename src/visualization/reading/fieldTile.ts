import type { PixelWindow } from '../../image/crop.ts';
import type { ReceptiveField } from '../../network/fields/receptiveField.ts';
import type { TypedArray } from '../../numeric/ndarray.ts';

/**
 * The pixels that a position sees, as large for all positions: the field reaches over the border of the image where it is
 * cut there. An axis along which the field is as long as the image, or longer, is that of the image.
 */
export function fieldWindow(
  { low, high, jump }: ReceptiveField,
  position: readonly [row: number, column: number],
  imageSize: readonly [rows: number, columns: number],
): PixelWindow {
  const along = (axis: 0 | 1): { first: number; length: number } => {
    const [from, to, step] = [low[axis], high[axis], jump[axis]];
    // After up-sampling fields begin and end within pixels, of which another one may be touched.
    const isWhole = [from, to, step].every((pixel) => Math.abs(pixel - Math.round(pixel)) < 1e-9);
    const length = isWhole ? Math.round(to - from) + 1 : Math.ceil(to - from) + 2;
    if (length >= imageSize[axis]) return { first: 0, length: imageSize[axis] };
    return { first: Math.floor(from + position[axis] * step + 1e-9), length };
  };
  const [rows, columns] = [along(0), along(1)];
  return { top: rows.first, left: columns.first, height: rows.length, width: columns.length };
}

/** Cuts a window out of an image `[h, w, c]`; what of it lies outside of the image has the given values, one per channel. */
export function tileOf<A extends TypedArray>(
  data: A,
  [rows, columns, channels]: readonly [number, number, number],
  { top, left, height, width, outside }: PixelWindow & { readonly outside: readonly number[] },
): A {
  const tile = new (data.constructor as new (length: number) => A)(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const [row, column] = [top + Math.floor(pixel / width), left + (pixel % width)];
    const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
    const from = (row * columns + column) * channels;
    for (let c = 0; c < channels; c++) {
      tile[pixel * channels + c] = (isInside ? data[from + c] : outside[c]) as number;
    }
  }
  return tile;
}

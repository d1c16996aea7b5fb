import type { PictureShape } from '../parameterization.ts';

/** How many columns a half spectrum has: 0 … ⌊w / 2⌋. */
export function columnsOf([, width]: PictureShape['size']): number {
  return Math.floor(width / 2) + 1;
}

/**
 * The frequency of each row, in whole turns down the picture: 0, 1, …, ⌊h / 2⌋, −1, −2, …, so that what belongs together,
 * u and −u, is found without turning rows around, which is slow on wasm.
 */
export function rowFrequencies([height]: PictureShape['size']): readonly number[] {
  const up = Math.floor(height / 2) + 1;
  return Array.from({ length: height }, (_, row) => (row < up ? row : up - 1 - row));
}

/** The shape of spectra: rows of frequencies, pictures, channels; real parts, then imaginary ones, of the columns. */
export function spectrumShape({ count, size, channels }: PictureShape): [number, number, number, number] {
  return [size[0], count, channels, 2 * columnsOf(size)];
}

/** The shape of what there is one number of for each frequency: magnitudes and phases. */
export function phaseShape({ count, size, channels }: PictureShape): [number, number, number, number] {
  return [size[0], count, channels, columnsOf(size)];
}

/** A number for each frequency, u turns down the picture and k across, the same for all pictures: `[h, n, c, k]`. */
export function frequencyTable(
  shape: PictureShape,
  valueAt: (u: number, k: number, channel: number) => number,
): Float32Array {
  const { count, size, channels } = shape;
  const columns = columnsOf(size);
  const width = channels * columns;
  const data = new Float32Array(size[0] * count * width);
  rowFrequencies(size).forEach((u, row) => {
    const from = row * count * width;
    for (let i = 0; i < width; i++) data[from + i] = valueAt(u, i % columns, Math.floor(i / columns));
    for (let picture = 1; picture < count; picture++) data.copyWithin(from + picture * width, from, from + width);
  });
  return data;
}

/** Each row of a number of columns once more behind itself: of a table for phases one for spectra. */
export function doubled(table: Float32Array, columns: number): Float32Array {
  const data = new Float32Array(2 * table.length);
  for (let from = 0; from < table.length; from += columns) {
    const row = table.subarray(from, from + columns);
    data.set(row, 2 * from);
    data.set(row, 2 * from + columns);
  }
  return data;
}

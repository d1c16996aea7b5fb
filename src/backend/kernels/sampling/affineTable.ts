/** A picture's size, in pixels. */
export type Size = readonly [height: number, width: number];

/**
 * Where each pixel is taken from: the pixel (row, column) of the result shows the place
 * (a·row + b·column + c, d·row + e·column + f) of what was there before; centres of pixels have whole numbers.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/**
 * What is outside of the picture: a number, the picture mirrored at the pixels of its border (`c b | a b c | b a`), or
 * these pixels repeated.
 */
export type Outside = number | 'reflect' | 'clamp';

/** Which pixels each pixel of a result is made of: tap after tap, one of each for all pixels of the result. */
export interface SamplingTable {
  readonly taps: number;
  /** `[taps, pixels of the result]`: pixels that are read, in row-major order. */
  readonly indices: Int32Array;
  /** Of the same size; 0 where nothing is read. */
  readonly weights: Float32Array;
}

/** The four pixels around each place of an affine map, and how much of the place is outside. */
export function samplingTable(
  map: Affine,
  [rows, columns]: Size,
  [tall, wide]: Size,
  outside: Outside,
): SamplingTable & { readonly rest: Float32Array } {
  const [a, b, c, d, e, f] = map;
  const count = tall * wide;
  const [indices, weights] = [new Int32Array(4 * count), new Float32Array(4 * count)];
  const rest = new Float32Array(count).fill(1);
  for (let q = 0; q < count; q++) {
    const [row, column] = [Math.floor(q / wide), q % wide];
    const [y, x] = [a * row + b * column + c, d * row + e * column + f];
    for (let tap = 0; tap < 4; tap++) {
      const [i, j] = [Math.floor(y) + (tap >> 1), Math.floor(x) + (tap & 1)];
      const p = placed(i, rows, outside) * columns + placed(j, columns, outside);
      // What is outside has no number.
      if (Number.isNaN(p)) continue;
      const weight = (1 - Math.abs(y - i)) * (1 - Math.abs(x - j));
      indices[tap * count + q] = p;
      weights[tap * count + q] = weight;
      rest[q] = (rest[q] as number) - weight;
    }
  }
  return { taps: 4, indices, weights, rest };
}

/** The same weights, by the pixels that were read, `read` of them: which ones of the `made` pixels each has gone to. */
export function transposedTable({ indices, weights }: SamplingTable, made: number, read: number): SamplingTable {
  const uses = new Int32Array(read);
  // Which use of its pixel each one is.
  const turns = indices.map((p, k) => {
    if (weights[k] === 0) return -1;
    uses[p] = (uses[p] as number) + 1;
    return (uses[p] as number) - 1;
  });
  const taps = uses.reduce((most, times) => Math.max(most, times), 1);
  const transposed = { taps, indices: new Int32Array(taps * read), weights: new Float32Array(taps * read) };
  turns.forEach((turn, k) => {
    if (turn < 0) return;
    const at = turn * read + (indices[k] as number);
    transposed.indices[at] = k % made;
    transposed.weights[at] = weights[k] as number;
  });
  return transposed;
}

/** Which pixel is read at a place of an axis; NaN where there is none. */
export function placed(place: number, length: number, outside: Outside): number {
  if (place >= 0 && place < length) return place;
  if (outside === 'clamp') return place < 0 ? 0 : length - 1;
  if (outside !== 'reflect') return Number.NaN;
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const along = Math.abs(place) % period;
  return Math.min(along, period - along);
}

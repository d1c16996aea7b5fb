import { assertArray, assertFiniteArray, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { columnsOf, frequencyTable } from '../fourier/frequencies.ts';
import type { PictureShape } from '../parameterization.ts';

/** How strong frequencies are in pictures. */
export interface Spectrum {
  /** Height and width of the pictures. */
  readonly size: readonly [height: number, width: number];
  /**
   * `[c, h, ⌊w / 2⌋ + 1]`: the magnitudes of discrete Fourier transforms without a factor, rows in the order 0, 1, …, −2, −1;
   * of three channels those of decorrelated colors.
   */
  readonly magnitudes: NdArray;
}

/** Refuses what is no spectrum. */
export function assertSpectrum(argument: string, spectrum: Spectrum): void {
  const { size, magnitudes } = (spectrum ?? {}) as Partial<Spectrum>;
  if (!Array.isArray(size) || size.length !== 2 || !size.every((length) => Number.isInteger(length) && length > 0))
    throw new VitrineError('bad-argument', `"${argument}.size" expected [height, width], got ${describe(size)}`);
  assertArray(`${argument}.magnitudes`, magnitudes as NdArray, [3]);
  assertFiniteArray(`${argument}.magnitudes`, magnitudes as NdArray);
  const [, rows, columns] = (magnitudes as NdArray).shape;
  if (rows === size[0] && columns === columnsOf(size as unknown as Spectrum['size'])) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}.magnitudes" expected [c, ${size[0]}, ${columnsOf(size as unknown as Spectrum['size'])}], got [${(magnitudes as NdArray).shape.join(', ')}]`,
  );
}

/** The magnitudes as phases have their axes, for pictures of another size interpolated between frequencies. */
export function magnitudesFor(shape: PictureShape, spectrum: Spectrum | undefined): Float32Array {
  const { size, channels } = shape;
  if (spectrum && spectrum.magnitudes.shape[0] !== channels) {
    const got = spectrum.magnitudes.shape[0];
    throw new VitrineError('bad-shape', `"spectrum" expected magnitudes of ${channels} channels, got ${got}`);
  }
  const [height, width] = size;
  if (spectrum) return frequencyTable(shape, interpolated(spectrum, size));
  return frequencyTable(shape, (u, k) => natural(u / height, k / width, size));
}

/** 1 / f, as in photos; the mean as the lowest frequency. */
function natural(fy: number, fx: number, [height, width]: PictureShape['size']): number {
  return Math.sqrt(height * width) / Math.max(Math.hypot(fy, fx), 1 / Math.max(height, width));
}

/**
 * The magnitude of a frequency in turns per pixel, bilinearly between those of the spectrum, as much larger as there are
 * more pixels. That of the mean, which is of another kind and has no part in pictures that are standardized, counts as the
 * mean of its neighbours.
 */
function interpolated({ size: own, magnitudes }: Spectrum, size: PictureShape['size']) {
  const columns = columnsOf(own);
  const plane = own[0] * columns;
  const share = (size[0] * size[1]) / (own[0] * own[1]);
  const isSame = own[0] === size[0] && own[1] === size[1];
  const read = (channel: number, row: number, column: number): number => {
    const wrapped = ((row % own[0]) + own[0]) % own[0];
    const value = (r: number, k: number): number => magnitudes.data[channel * plane + r * columns + k] as number;
    const isMean = wrapped === 0 && column === 0 && plane > 2 && !isSame;
    return isMean ? (value(1 % own[0], 0) + value(0, Math.min(1, columns - 1))) / 2 : value(wrapped, column);
  };
  return (u: number, k: number, channel: number): number => {
    if (isSame) return read(channel, u, k);
    const [y, x] = [(u * own[0]) / size[0], Math.min((k * own[1]) / size[1], columns - 1)];
    const [row, column] = [Math.floor(y), Math.min(Math.floor(x), Math.max(columns - 2, 0))];
    const next = Math.min(column + 1, columns - 1);
    const along = (r: number): number =>
      read(channel, r, column) * (1 - (x - column)) + read(channel, r, next) * (x - column);
    return share * (along(row) * (1 - (y - row)) + along(row + 1) * (y - row));
  };
}

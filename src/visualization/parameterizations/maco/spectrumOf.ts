import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import { isPicture } from '../../../image/assertPicture.ts';
import { heightAndWidth } from '../../../image/maps/planes.ts';
import { resize } from '../../../image/resize.ts';
import { toInput } from '../../../image/toInput.ts';
import type { Picture, PictureSize } from '../../../image/types.ts';
import { runChecks } from '../../../network/runChecks.ts';
import type { RunOptions } from '../../../network/types.ts';
import { assertArray, assertFiniteArray, assertRoom } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { planeSpectrum } from '../../../numeric/linear/fourierTransform.ts';
import { addTo, type NdArray, rowOf, sameShape, sizeOf } from '../../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, required } from '../../../numeric/options.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { assertDataset, type Dataset, iterate } from '../../../readings/dataset.ts';
import { inverseColorMatrix, timesMatrix } from '../colors/colors.ts';
import { columnsOf } from '../fourier/frequencies.ts';
import type { Spectrum } from './spectrum.ts';

/** Options of {@link spectrumOf}. */
export interface SpectrumOptions extends Omit<RunOptions, 'batchSize'> {
  /** Height and width that pictures are brought to: their largest central part, with an antialiasing filter. */
  readonly size: PictureSize;
  /** 3 by default; 1 for grey. Arrays must have so many. */
  readonly channels?: number;
}

/**
 * How strong frequencies are in pictures: the mean of the magnitudes $|\mathcal F x|$ of each channel, of three channels
 * those of decorrelated colors. What `maco` keeps its pictures to.
 *
 * A few hundred photos of the kind that the network was trained on make a smooth spectrum; a size of 64 to 128 will do, for
 * `maco` interpolates.
 *
 * @param pictures pictures, or arrays `[h, w, c]` or `[n, h, w, c]` of 0 to 1, as a list or a data set, which is read once;
 * or one such batch.
 * @param options `size`, `channels`; `signal`, `onProgress`.
 * @returns the magnitudes `[c, h, ⌊w / 2⌋ + 1]` and the size.
 * @throws {VitrineError} if what is given are no finite pictures of these channels, or none; the signal's reason.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const { magnitudes } = await parameterizations.spectrumOf([picture], { size: 32 });
 * console.log(magnitudes.shape); // [3, 32, 17]
 * ```
 */
export async function spectrumOf(
  pictures: Dataset<Picture | NdArray> | NdArray,
  options: SpectrumOptions,
): Promise<Spectrum> {
  assertOptions(options, checks);
  const [dataset, [{ size, channels = 3, signal, onProgress }]] = await Promise.all([
    datasetOf(pictures),
    owned(options),
  ]);
  const sides = heightAndWidth('size', size);
  assertRoom('size', [channels, ...sides]);
  const sums = new Float64Array(channels * sides[0] * columnsOf(sides));
  const total = Array.isArray(dataset) ? dataset.length : undefined;
  let [count, done] = [0, 0];
  for await (const item of iterate(dataset, 'pictures')) {
    const [own] = await owned(item);
    const batch = batchOf(own, sides, channels);
    for (let picture = 0; picture < (batch.shape[0] as number); picture++, count++)
      await inSlices(adding(sums, rowOf(batch, picture), { size: sides, channels }), { signal });
    done++;
    onProgress?.({ stage: 'pictures', done, total: total ?? done });
  }
  if (count === 0) throw new VitrineError('bad-argument', '"pictures" expected at least one, got none');
  const shape = [channels, sides[0], columnsOf(sides)];
  return { size: sides, magnitudes: { shape, data: Float32Array.from(sums, (sum) => sum / count) } };
}

const checks: OptionChecks<SpectrumOptions> = {
  signal: runChecks.signal,
  onProgress: runChecks.onProgress,
  size: required((argument, value) => heightAndWidth(argument, value as PictureSize)),
  channels: integer(1),
};

/** A batch is copied now, before anything is awaited; items of a data set when they are reached. */
async function datasetOf(pictures: Dataset<Picture | NdArray> | NdArray): Promise<Dataset<Picture | NdArray>> {
  if (typeof pictures === 'object' && pictures !== null && 'shape' in pictures) return owned(pictures);
  assertDataset('pictures', pictures);
  return pictures;
}

/** An item of a data set as `[n, h, w, c]` of 0 to 1. */
function batchOf(item: Picture | NdArray, size: readonly [number, number], channels: number): NdArray {
  if (isPicture(item)) {
    if (channels === 1 || channels === 3) return toInput(item, { size, channels, antialias: true, range: [0, 1] });
    throw new VitrineError('bad-argument', `"pictures" expected arrays with ${channels} channels, got a picture`);
  }
  assertArray('pictures', item, [3, 4]);
  assertFiniteArray('pictures', item);
  const shape = item.shape.length === 3 ? [1, ...item.shape] : item.shape;
  if (shape[3] !== channels)
    throw new VitrineError('bad-shape', `"pictures" expected ${channels} channels, got [${item.shape.join(', ')}]`);
  const batch = { shape, data: item.data };
  return sameShape(shape.slice(1, 3), size) ? batch : resize(batch, size, { antialias: true });
}

interface PlaneShape {
  readonly size: readonly [number, number];
  readonly channels: number;
}

/** Adds the magnitudes of a picture `[h, w, c]`. */
function* adding(sums: Float64Array, picture: Float32Array, { size, channels }: PlaneShape): Sliced<void> {
  const values = channels === 3 ? timesMatrix(picture, inverseColorMatrix) : picture;
  const pixels = sizeOf(size);
  const each = sums.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    const plane = Float64Array.from({ length: pixels }, (_, i) => values[i * channels + channel] as number);
    const { real, imaginary } = planeSpectrum(plane, size);
    addTo(
      sums,
      real.map((value, i) => Math.hypot(value, imaginary[i] as number)),
      channel * each,
    );
    yield pixels * COST;
  }
}

/** About how many operations a pixel takes. */
const COST = 100;

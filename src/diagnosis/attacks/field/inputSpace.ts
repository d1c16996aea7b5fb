import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type PixelScale, pixelScale, scaleOfChannels } from '../../../image/pixelScale.ts';
import { assertNumber, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, placeAt, sizeOf } from '../../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import type { Bounds } from './attackOptions.ts';

/** The box that inputs stay in. */
export interface InputSpace {
  /** The least value of each channel, as a 32-bit number. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Whether all channels have the same bounds, as they mostly do. */
  readonly isEven: boolean;
}

/** The box of an input of so many channels. */
export function inputSpace(
  { bounds, ...scale }: Partial<PixelScale> & { bounds?: Bounds },
  channels: number,
): InputSpace {
  const way = ['preprocessing', 'range', 'mean', 'std'].find((word) => scale[word as keyof PixelScale] !== undefined);
  if (bounds !== undefined && way !== undefined)
    throw new VitrineError(
      'bad-argument',
      `"${way}" expected no preparation of pixels beside "bounds", since it has bounds of its own, got both`,
    );
  if (bounds === undefined && way === undefined)
    throw new VitrineError(
      'bad-argument',
      '"bounds" expected [low, high] in the numbers of the model such as [0, 1], or how pixels are prepared ("preprocessing", "range", or "mean" and "std"), got neither',
    );
  return bounds !== undefined ? boundedSpace(bounds, channels) : pixelSpace(scale as PixelScale, channels);
}

/**
 * A length of pixels of 0 to 255 in the numbers of a model: what a change of so many shades is there.
 *
 * @param shades how many, any number from 0, such as 4 for the usual 4/255.
 * @param preparation how the model's inputs follow from pixels, as in `toInput`.
 * @returns one number where all channels are prepared alike, else one for each channel of the model.
 * @throws {VitrineError} if `shades` is negative or the preparation is none.
 * @example
 * ```ts
 * import { preprocessing } from 'vitrine';
 * import { pixelBudget } from 'vitrine/diagnosis';
 * const epsilon = pixelBudget(4, { range: [-1, 1] }); // 0.0314
 * const perChannel = pixelBudget(4, { preprocessing: preprocessing.torchvision });
 * ```
 */
export function pixelBudget(shades: number, preparation: PixelScale): number | readonly number[] {
  assertNumber('shades', shades, 0);
  const lengths = pixelScale(preparation).std.map((std) => Math.abs(shades / std));
  return lengths.every((length) => length === lengths[0]) ? (lengths[0] as number) : lengths;
}

/** Inputs brought into the box. */
export function clipped(x: Tensor, space: InputSpace): Tensor {
  const { low, high, isEven } = space;
  if (isEven) return tf.clipByValue(x, low[0] as number, high[0] as number);
  return tf.minimum(tf.maximum(x, tf.tensor1d(low)), tf.tensor1d(high));
}

/** Plain inputs brought into the box. */
export function within({ shape, data }: NdArray, { low, high }: InputSpace): NdArray {
  const channels = low.length;
  const values = data.map((value, i) =>
    Math.min(Math.max(value, low[i % channels] as number), high[i % channels] as number),
  );
  return { shape, data: values };
}

/** Inputs whose numbers are rounded to those of pixels of 8 bits. */
export function* rounded(x: NdArray, { low, high }: InputSpace): Sliced<NdArray> {
  const channels = low.length;
  return yield* eachNumber(x, (value, i) => {
    const least = low[i % channels] as number;
    const width = (high[i % channels] as number) - least;
    return least + (Math.round(((value - least) / width) * 255) / 255) * width;
  });
}

/** Refuses inputs outside of the box; what rounding took out of it is brought back. */
export function* assertWithin(x: NdArray, { low, high }: InputSpace): Sliced<NdArray> {
  const channels = low.length;
  return yield* eachNumber(x, (value, i) => {
    const least = low[i % channels] as number;
    const most = high[i % channels] as number;
    const inside = Math.min(Math.max(value, least), most);
    if (!(Math.abs(inside - value) <= SLACK * (most - least))) throw outside(i, x, [least, most]);
    return inside;
  });
}

/** Another number for each, an example at a time: a whole data set takes longer than a turn of the event loop should. */
function* eachNumber({ shape, data }: NdArray, change: (value: number, i: number) => number): Sliced<NdArray> {
  const size = sizeOf(shape.slice(1));
  const changed = new Float32Array(data.length);
  yield* forEachOf(shape[0] as number, EACH * size, (row) => {
    for (let i = row * size; i < (row + 1) * size; i++) changed[i] = change(data[i] as number, i);
  });
  return { shape, data: changed };
}

/** About how many operations a number takes. */
const EACH = 10;

function outside(i: number, { shape, data }: NdArray, [least, most]: readonly [number, number]): VitrineError {
  const [example, ...place] = placeAt(i, shape);
  return new VitrineError(
    'bad-argument',
    `"x" expected values in ${least}..${most}, the bounds, got ${data[i]} in example ${example} at [${place.join(', ')}]`,
  );
}

/** How far outside values may lie, of the width: preparations round to 32 bits. */
const SLACK = 1e-5;

function boundedSpace(bounds: Bounds, channels: number): InputSpace {
  if (!Array.isArray(bounds) || bounds.length !== 2)
    throw new VitrineError('bad-argument', `"bounds" expected [low, high], got ${describe(bounds)}`);
  const [low, high] = bounds.map((bound, i) => perChannel(`bounds[${i}]`, bound, channels)) as [
    Float32Array,
    Float32Array,
  ];
  const wrong = low.findIndex((least, channel) => !(least < (high[channel] as number)));
  if (wrong >= 0)
    throw new VitrineError(
      'bad-argument',
      `"bounds" expected [low, high] with low < high, got ${low[wrong]} and ${high[wrong]}${low.length > 1 ? ` of channel ${wrong}` : ''}`,
    );
  return spaceOf(low, high);
}

/** Black is 0, white 255. */
function pixelSpace(scale: PixelScale, channels: number): InputSpace {
  const { mean, std } = scaleOfChannels(scale, channels);
  const valuesOf = (pixel: number): Float32Array =>
    Float32Array.from({ length: channels }, (_, i) => (pixel - (mean[i] as number)) / (std[i] as number));
  const [black, white] = [valuesOf(0), valuesOf(255)];
  return spaceOf(
    black.map((value, i) => Math.min(value, white[i] as number)),
    black.map((value, i) => Math.max(value, white[i] as number)),
  );
}

function spaceOf(low: Float32Array, high: Float32Array): InputSpace {
  const isEven = low.every((value) => value === low[0]) && high.every((value) => value === high[0]);
  return { low, high, isEven };
}

function perChannel(argument: string, bound: number | readonly number[], channels: number): Float32Array {
  const values = typeof bound === 'number' ? new Array<number>(channels).fill(bound) : bound;
  if (!Array.isArray(values) || values.length !== channels)
    throw new VitrineError('bad-argument', `"${argument}" expected one number or ${channels}, got ${describe(bound)}`);
  values.forEach((value: number, i: number) => assertNumber(`${argument}[${i}]`, value));
  return Float32Array.from(values);
}

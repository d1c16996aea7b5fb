import { type ConditionalGaussian, conditionalGaussian } from '../../../numeric/conditionalGaussian.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Random } from '../../../numeric/random.ts';
import type { PatchGaussians } from './fitPatchGaussians.ts';

/** A window of an example. */
interface WindowPlace {
  readonly example: number;
  readonly corner: readonly [row: number, column: number];
  /** The channels that are drawn. */
  readonly channels: readonly number[];
}

/** What could stand in a window: the pixels of each channel, row by row. */
export type WindowSampler = (place: WindowPlace, random: Random) => readonly Float64Array[];

type Pair = readonly [number, number];
type Shape = readonly [number, number, number, number];

/** Windows of random examples of a background, at the same place. */
export function marginalSampler({ shape, data }: NdArray, [rows, columns]: Pair): WindowSampler {
  const [count, height, width, channelCount] = shape as Shape;
  return ({ channels, corner: [top, left] }, random) => {
    const example = random.integer(count);
    const valueAt = (pixel: number, channel: number): number => {
      const row = (example * height + top + Math.floor(pixel / columns)) * width + left + (pixel % columns);
      return data[row * channelCount + channel] as number;
    };
    return channels.map((channel) => Float64Array.from({ length: rows * columns }, (_, i) => valueAt(i, channel)));
  };
}

/**
 * Windows drawn from the distribution of patches, given the pixels around them in the example, and clipped to what each
 * pixel is in the data. At the border the patch is moved inward.
 */
export function conditionalSampler(
  { shape, data }: NdArray,
  gaussians: PatchGaussians,
  [rows, columns]: Pair,
): WindowSampler {
  const [, height, width, channelCount] = shape as Shape;
  const { patch, low, high } = gaussians;
  const conditionals = conditionalsOf(gaussians, [rows, columns]);
  const patchAround = (corner: Pair): Pair => {
    const along = (axis: 0 | 1): number => {
      const padding = (patch[axis] - [rows, columns][axis]!) / 2;
      return Math.min(Math.max(corner[axis] - padding, 0), [height, width][axis]! - patch[axis]);
    };
    return [along(0), along(1)];
  };
  return ({ example, corner, channels }, random) => {
    const [top, left] = patchAround(corner);
    const offset: Pair = [corner[0] - top, corner[1] - left];
    return channels.map((channel) => {
      const { known, given } = conditionals(channel, offset);
      const around = known.map((pixel) => {
        const row = (example * height + top + Math.floor(pixel / patch[1])) * width + left + (pixel % patch[1]);
        return data[row * channelCount + channel] as number;
      });
      return given.sample(around, random).map((value, i) => {
        const row = (corner[0] + Math.floor(i / columns)) * width + corner[1] + (i % columns);
        const at = row * channelCount + channel;
        return Math.min(Math.max(value, low.data[at] as number), high.data[at] as number);
      });
    });
  };
}

/** A window at a place within its patch: the pixels around it, and the distribution given these. */
interface Conditional {
  readonly known: readonly number[];
  readonly given: ConditionalGaussian;
}

/** The distributions of a window within its patch, each made when it is first asked for. */
function conditionalsOf(
  { patch, mean, covariance }: PatchGaussians,
  [rows, columns]: Pair,
): (channel: number, offset: Pair) => Conditional {
  const made = new Map<string, Conditional>();
  const pixels = patch[0] * patch[1];
  const make = (channel: number, [top, left]: Pair): Conditional => {
    const isInside = (pixel: number): boolean => {
      const [row, column] = [Math.floor(pixel / patch[1]) - top, (pixel % patch[1]) - left];
      return row >= 0 && row < rows && column >= 0 && column < columns;
    };
    const known = Array.from({ length: pixels }, (_, pixel) => pixel).filter((pixel) => !isInside(pixel));
    const part = (data: Float64Array, size: number): Float64Array =>
      data.subarray(channel * size, (channel + 1) * size);
    const gaussian = {
      mean: part(mean.data, pixels),
      covariance: { shape: [pixels, pixels], data: part(covariance.data, pixels ** 2) },
    };
    return { known, given: conditionalGaussian(gaussian, known) };
  };
  return (channel, offset) => {
    const key = [channel, ...offset].join(' ');
    const found = made.get(key) ?? make(channel, offset);
    made.set(key, found);
    return found;
  };
}

import { assertNumber } from '../numeric/check.ts';

/** How the numbers of a model's input follow from pixels of 0 to 255. */
export interface PixelScale {
  /** What 0 and 255 become; `[0, 1]` by default, unless `mean` or `std` is given. */
  readonly range?: readonly [low: number, high: number];
  /** Subtracted from a pixel of 0…255; one number, or one per channel in the model's order; 0 by default. */
  readonly mean?: number | readonly number[];
  /** What a pixel of 0…255 is divided by after `mean`; 1 by default. */
  readonly std?: number | readonly number[];
  /** 3 by default; 1 for grey. */
  readonly channels?: 1 | 3;
  /** Order of the model's channels, `'rgb'` by default; models converted from Caffe want `'bgr'`. */
  readonly order?: 'rgb' | 'bgr';
}

/** A {@link PixelScale} with everything in place: x = (pixel − mean) / std. */
export interface ChannelScale {
  readonly channels: number;
  /** Of each channel of the model, the channel of the picture. */
  readonly order: readonly number[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Checks a scale and fills in its defaults. */
export function pixelScale({ range, mean, std, channels = 3, order = 'rgb' }: PixelScale): ChannelScale {
  if (channels !== 1 && channels !== 3) throw new RangeError(`"channels" expected 1 or 3, got ${channels}`);
  if (order !== 'rgb' && order !== 'bgr') throw new RangeError(`"order" expected one of rgb, bgr, got "${order}"`);
  const layout = { channels, order: order === 'rgb' ? [0, 1, 2] : [2, 1, 0] };
  if (mean === undefined && std === undefined) return { ...layout, ...fromRange(range ?? [0, 1], channels) };
  if (range !== undefined) throw new TypeError('"range" expected without "mean" and "std", got both');
  const divisors = perChannel('std', std ?? 1, channels);
  if (divisors.includes(0)) throw new RangeError(`"std" expected numbers other than 0, got ${divisors.join(', ')}`);
  return { ...layout, mean: perChannel('mean', mean ?? 0, channels), std: divisors };
}

function fromRange(range: readonly [number, number], channels: number): Pick<ChannelScale, 'mean' | 'std'> {
  const [low, high] = range;
  assertNumber('range[0]', low);
  assertNumber('range[1]', high);
  if (low >= high) throw new RangeError(`"range" expected [low, high] with low < high, got [${low}, ${high}]`);
  const std = 255 / (high - low);
  return { mean: new Array(channels).fill(-low * std), std: new Array(channels).fill(std) };
}

function perChannel(argument: string, value: number | readonly number[], channels: number): readonly number[] {
  const values = typeof value === 'number' ? new Array<number>(channels).fill(value) : value;
  if (!Array.isArray(values) || values.length !== channels) {
    throw new RangeError(`"${argument}" expected one number or ${channels}, got ${String(value)}`);
  }
  values.forEach((number: number, channel: number) => assertNumber(`${argument}[${channel}]`, number));
  return values;
}

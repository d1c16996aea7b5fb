import { assertNumber, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { anything, kind, type OptionChecks, oneOf } from '../numeric/options.ts';

/** How the numbers of a model's input follow from pixels of 0 to 255: one of three ways to say it, since none is usual. */
export type PixelScale = MeanScale | RangeScale | PresetScale;

/** The channels of a model's input. */
export interface InputChannels {
  /** 3 by default; 1 for grey. */
  readonly channels?: 1 | 3;
  /** Their order, `'rgb'` by default; models converted from Caffe want `'bgr'`. */
  readonly order?: 'rgb' | 'bgr';
}

/** As a network of keras.applications or torchvision wants it. */
export interface PresetScale extends Pick<InputChannels, 'channels'> {
  /** A preset of `preprocessing`, or an object like these. */
  readonly preprocessing: Preprocessing;
  readonly range?: never;
  readonly mean?: never;
  readonly std?: never;
  readonly order?: never;
}

/** Linear between two ends. */
export interface RangeScale extends InputChannels {
  /** What 0 and 255 become. */
  readonly range: readonly [low: number, high: number];
  readonly preprocessing?: never;
  readonly mean?: never;
  readonly std?: never;
}

/** $(p - \text{mean})/\text{std}$. */
export interface MeanScale extends InputChannels {
  /** Subtracted from a pixel of 0…255; one number, or one per channel in the model's order. */
  readonly mean: number | readonly number[];
  /** What a pixel of 0…255 is divided by after `mean`; 1 by default. */
  readonly std?: number | readonly number[];
  readonly preprocessing?: never;
  readonly range?: never;
}

/** What networks of a kind want: `(pixel − mean) / std`, with one number or one per channel in the model's order. */
export type Preprocessing = Pick<MeanScale, 'mean' | 'std' | 'order'>;

/** A {@link PixelScale} with everything in place: x = (pixel − mean) / std. */
export interface ChannelScale {
  readonly channels: number;
  /** Of each channel of the model, the channel of the picture. */
  readonly order: readonly number[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Checks a scale and fills in what is left out. */
export function pixelScale(scale: PixelScale): ChannelScale {
  assertOneWay(scale);
  const { channels = 3 } = scale;
  scaleChecks.channels('channels', channels);
  return scaleOfChannels(scale, channels);
}

/** The same for a model whose number of channels is known, be they no colours. */
export function scaleOfChannels(scale: PixelScale, channels: number): ChannelScale {
  assertOneWay(scale);
  if (scale.channels !== undefined && scale.channels !== channels)
    throw new VitrineError(
      'bad-argument',
      `"channels" expected ${channels}, those of the model, got ${scale.channels}`,
    );
  const { preprocessing, range, mean, std = 1, order = 'rgb' } = scale;
  if (preprocessing !== undefined) return scaleOfChannels(presetOf(preprocessing), channels);
  scaleChecks.order('order', order);
  const layout = { channels, order: orderOf(order, channels) };
  if (range !== undefined) return { ...layout, ...fromRange(range, channels) };
  const divisors = perChannel('std', std, channels);
  if (divisors.includes(0))
    throw new VitrineError('bad-argument', `"std" expected numbers other than 0, got ${divisors.join(', ')}`);
  return { ...layout, mean: perChannel('mean', mean, channels), std: divisors };
}

/** Which channel of a picture each channel of a model is. */
function orderOf(order: NonNullable<InputChannels['order']>, channels: number): readonly number[] {
  const rgb = Array.from({ length: Math.max(channels, 3) }, (_, channel) => channel);
  if (order === 'rgb') return rgb;
  if (channels === 1 || channels === 3) return rgb.reverse();
  throw new VitrineError('bad-argument', `"order" expected "rgb" for ${channels} channels, got "${order}"`);
}

/** Checks of {@link PixelScale}; the numbers of a scale are looked at together. */
export const scaleChecks: OptionChecks<PixelScale> = {
  preprocessing: anything,
  range: anything,
  mean: anything,
  std: anything,
  channels: kind('1 or 3', (value) => value === 1 || value === 3),
  order: oneOf(['rgb', 'bgr']),
};

/** The ways, and what else may not come beside them. */
const ways = { preprocessing: ['range', 'mean', 'std', 'order'], range: ['mean', 'std'], mean: [] } as const;

// A scale that nobody chose gives answers that look right and are wrong.
function assertOneWay(scale: PixelScale): void {
  const given = Object.entries(ways).find(([way]) => scale?.[way as keyof typeof ways] !== undefined);
  if (!given) {
    throw new VitrineError(
      'bad-argument',
      `"preprocessing" expected a preset such as preprocessing.mobilenetV2, or instead of it "range" such as [0, 1], or "mean" and "std", got ${describe(scale?.preprocessing)}`,
    );
  }
  const [way, others] = given;
  const second = others.find((name) => scale[name] !== undefined);
  if (second) throw new VitrineError('bad-argument', `"${way}" expected without "${second}", got both`);
}

function presetOf(preset: Preprocessing): MeanScale {
  if (typeof preset === 'object' && preset !== null && preset.mean !== undefined) return preset;
  throw new VitrineError(
    'bad-argument',
    `"preprocessing" expected {mean, std, order} such as preprocessing.mobilenetV2, got ${describe(preset)}`,
  );
}

function fromRange(range: readonly [number, number], channels: number): Pick<ChannelScale, 'mean' | 'std'> {
  if (!Array.isArray(range))
    throw new VitrineError('bad-argument', `"range" expected [low, high], got ${describe(range)}`);
  const [low, high] = range;
  assertNumber('range[0]', low);
  assertNumber('range[1]', high);
  if (low >= high)
    throw new VitrineError('bad-argument', `"range" expected [low, high] with low < high, got [${low}, ${high}]`);
  const std = 255 / (high - low);
  return { mean: new Array(channels).fill(-low * std), std: new Array(channels).fill(std) };
}

function perChannel(argument: string, value: unknown, channels: number): readonly number[] {
  const values: unknown = typeof value === 'number' ? new Array<number>(channels).fill(value) : value;
  if (!Array.isArray(values) || values.length !== channels) {
    throw new VitrineError('bad-argument', `"${argument}" expected one number or ${channels}, got ${describe(value)}`);
  }
  values.forEach((number: number, channel: number) => assertNumber(`${argument}[${channel}]`, number));
  return values;
}

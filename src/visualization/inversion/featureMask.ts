import { assertInteger, type PerAxis, perAxis } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks, oneOf } from '../../numeric/options.ts';

/** Which features are inverted; the others may become anything. */
export interface FeatureMask {
  /** Rows and columns of a block in the middle of the layer, or one number for both; all by default. */
  readonly neighborhood?: PerAxis;
  /** Which half of the channels; all by default. */
  readonly half?: 'first' | 'second';
}

/** Checks a mask against the shape `[n, …, c]` of features. @returns ones and zeros, `[1, …, c]`. */
export function featureMask(mask: FeatureMask, shape: readonly number[]): NdArray {
  assertOptions(mask, checks);
  const own = [1, ...shape.slice(1)];
  const keeps = [...placeKeeper(mask, own), channelKeeper(mask, own)];
  const data = Float32Array.from({ length: sizeOf(own) }, (_, i) => (keeps.every((keep) => keep(i)) ? 1 : 0));
  return { shape: own, data };
}

const checks: OptionChecks<FeatureMask> = {
  neighborhood: (_, value) => void perAxis('mask.neighborhood', value as PerAxis),
  half: (_, value) => oneOf(['first', 'second'])('mask.half', value),
};

type Keeper = (index: number) => boolean;

function placeKeeper({ neighborhood }: FeatureMask, shape: readonly number[]): readonly Keeper[] {
  if (neighborhood === undefined) return [];
  if (shape.length !== 4) {
    throw new VitrineError(
      'bad-argument',
      `"mask.neighborhood" expected none for features [${shape.slice(1).join(', ')}]`,
    );
  }
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const [high, wide] = perAxis('mask.neighborhood', neighborhood);
  assertInteger('mask.neighborhood', high, [1, rows]);
  assertInteger('mask.neighborhood', wide, [1, columns]);
  const [top, left] = [Math.floor((rows - high) / 2), Math.floor((columns - wide) / 2)];
  const isIn = (place: number, start: number, length: number): boolean => place >= start && place < start + length;
  return [
    (index) => isIn(Math.floor(index / (columns * channels)), top, high),
    (index) => isIn(Math.floor(index / channels) % columns, left, wide),
  ];
}

function channelKeeper({ half }: FeatureMask, shape: readonly number[]): Keeper {
  if (half === undefined) return () => true;
  const channels = shape.at(-1) as number;
  if (channels < 2)
    throw new VitrineError('bad-argument', `"mask.half" expected none for ${channels} channel, got "${half}"`);
  return (index) => index % channels < Math.floor(channels / 2) === (half === 'first');
}

import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { flag, type OptionChecks, oneOf } from '../../../numeric/options.ts';
import type { Parameterization, PictureShape, RenderIo } from '../parameterization.ts';
import type { RawPictures } from '../rawPictures.ts';
import { colorTable, inverseColorMatrix, mixed, timesMatrix } from './colors.ts';
import { type LimitName, limits } from './limits.ts';

/** What raw numbers become. */
export interface ColorOptions {
  /**
   * Whether the three raw numbers of a pixel are decorrelated colors; true by default. Pictures of another number of
   * channels have none.
   */
  readonly decorrelate?: boolean;
  /**
   * `'sigmoid'` (the default), or `'clip'`: raw numbers plus the mean color (.48, .46, .41) of decorrelated ones, or .5,
   * cut off below 0 and above 1. Given pictures come within 1 / 2048 of 0 and 1 under a sigmoid, which never reaches them.
   */
  readonly limit?: LimitName;
}

/** Checks of {@link ColorOptions}. */
export const colorChecks: OptionChecks<ColorOptions> = { decorrelate: flag, limit: oneOf(['sigmoid', 'clip']) };

/** A parameterization whose pictures are raw numbers with colors and limits. */
export interface ColoredParameterization extends Parameterization {
  /** Another one with the same colors and limits, whose raw pictures are made of these. */
  readonly changed: (name: string, change: (raw: RawPictures) => RawPictures) => ColoredParameterization;
}

/** Raw pictures with colors and limits: $\text{limit}(x M^T + \mu)$ of each pixel x. */
export function colored(name: string, raw: RawPictures, colors: ColorOptions): ColoredParameterization {
  const { limit = 'sigmoid' } = colors;
  const { apply, pullback } = limits[limit];
  return {
    name,
    changed: (other, change) => colored(other, change(raw), colors),
    start: (shape, random) => raw.start(shape, random),
    ...(raw.from && { from: (pictures, shape) => raw.from?.(rawOf(pictures, shape, colors), shape) ?? [] }),
    tables: (shape) => [...ownTables(shape, colors), ...raw.tables(shape)],
    render: (parameters, io) => tf.tidy(() => apply(shown(raw.render(parameters, rawIo(io)), io, colors))),
    pullback: (cotangent, { pictures, ...io }) =>
      tf.tidy(() => [...raw.pullback(hidden(pullback(cotangent, pictures), io, colors), rawIo(io))]),
  };
}

const MEAN = [0.48, 0.46, 0.41];

function isMixed({ channels }: PictureShape, { decorrelate = true }: ColorOptions): boolean {
  return decorrelate && channels === 3;
}

function meanOf(shape: PictureShape, colors: ColorOptions): readonly number[] {
  if (colors.limit !== 'clip') return Array(shape.channels).fill(0);
  return isMixed(shape, colors) ? MEAN : Array(shape.channels).fill(0.5);
}

/** How many tensors {@link ownTables} are. */
const OWN = 2;

/** The matrix and the mean: always both, so that pictures of any number of channels have as many tables. */
function ownTables(shape: PictureShape, colors: ColorOptions): readonly Tensor[] {
  return [colorTable(), tf.tensor4d([...meanOf(shape, colors)], [1, 1, 1, shape.channels])];
}

function rawIo<T extends RenderIo>(io: T): T {
  return { ...io, tables: io.tables.slice(OWN) };
}

function shown(raw: Tensor4D, { shape, tables }: RenderIo, colors: ColorOptions): Tensor4D {
  const [matrix, mean] = tables as [Tensor, Tensor];
  const color = isMixed(shape, colors) ? mixed(raw, matrix, 'forward') : raw;
  return colors.limit === 'clip' ? tf.add(color, mean) : color;
}

function hidden(cotangent: Tensor4D, { shape, tables }: RenderIo, colors: ColorOptions): Tensor4D {
  return isMixed(shape, colors) ? mixed(cotangent, tables[0] as Tensor, 'back') : cotangent;
}

function rawOf({ shape, data }: NdArray, pictures: PictureShape, colors: ColorOptions): NdArray {
  const { invert } = limits[colors.limit ?? 'sigmoid'];
  const mean = meanOf(pictures, colors);
  const values = data.map((value, i) => invert(value) - (mean[i % mean.length] as number));
  return { shape, data: isMixed(pictures, colors) ? timesMatrix(values, inverseColorMatrix) : values };
}

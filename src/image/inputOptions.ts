import { flag, type OptionChecks, oneOf } from '../numeric/options.ts';
import { heightAndWidth } from './maps/planes.ts';
import { type PixelScale, scaleChecks } from './pixelScale.ts';
import type { PictureSize } from './types.ts';

/** What a model wants of its pictures. */
export type InputOptions = PixelScale & InputSampling;

/** Which part of a picture a model sees, and how its size is brought about. */
export interface InputSampling extends InputPlace {
  /** Averages over pixels where the picture is made smaller; false by default. */
  readonly antialias?: boolean;
}

/** Which part of a picture a model sees. */
export interface InputPlace {
  /** Height and width of the model's input; the picture's own if left out. */
  readonly size?: PictureSize;
  /** `'cover'` (the default) keeps proportions and cuts off what is too long, equally on both sides; `'stretch'` does not. */
  readonly fit?: 'cover' | 'stretch';
}

/** Checks of {@link InputPlace}. */
export const placeChecks: OptionChecks<InputPlace> = {
  size: (argument, value) => heightAndWidth(argument, value as PictureSize),
  fit: oneOf(['cover', 'stretch']),
};

/** Checks of {@link InputOptions}: `toInput` reads all of them, and what undoes it or asks about it may be given the same. */
export const inputChecks: OptionChecks<InputOptions> = { ...scaleChecks, ...placeChecks, antialias: flag };

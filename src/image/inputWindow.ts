import { assertOptions, type OptionChecks, oneOf } from '../numeric/options.ts';
import { assertSides } from './assertPicture.ts';
import type { PixelWindow } from './crop.ts';
import { heightAndWidth } from './maps/planes.ts';
import type { Picture, PictureSize } from './types.ts';

/** Which part of a picture a model sees. */
export interface InputPlace {
  /** Height and width of the model's input; the picture's own if left out. */
  readonly size?: PictureSize;
  /** `'cover'` (the default) keeps proportions and cuts off what is too long, equally on both sides; `'stretch'` does not. */
  readonly fit?: 'cover' | 'stretch';
}

/**
 * The part of a picture that `toInput` makes an input of: the largest central one with the proportions of `size`.
 *
 * Whatever lies at `[row, column]` of an input `[h, w]` lies at `top + (row + 1/2) height / h − 1/2` and
 * `left + (column + 1/2) width / w − 1/2` of the picture; `overlay` places maps so.
 *
 * @param picture a picture, or its `width` and `height`.
 * @param options `size` and `fit`, as for `toInput`.
 * @returns the first row and column in the picture, and how many there are, all whole pixels.
 * @throws {VitrineError} if the picture or an option is not as described.
 * @example
 * ```ts
 * import { inputWindow } from 'vitrine';
 * inputWindow({ width: 448, height: 224 }, { size: 224 }); // { top: 0, left: 112, height: 224, width: 224 }
 * ```
 */
export function inputWindow(picture: Pick<Picture, 'width' | 'height'>, options: InputPlace = {}): PixelWindow {
  assertOptions(options, placeChecks);
  assertSides('picture', picture);
  const { size, fit = 'cover' } = options;
  const { height, width } = picture;
  if (size === undefined) return { top: 0, left: 0, height, width };
  const [toHeight, toWidth] = heightAndWidth('size', size);
  if (fit === 'stretch') return { top: 0, left: 0, height, width };
  const rows = side(height, (width * toHeight) / toWidth);
  const columns = side(width, (height * toWidth) / toHeight);
  return {
    top: Math.floor((height - rows) / 2),
    left: Math.floor((width - columns) / 2),
    height: rows,
    width: columns,
  };
}

/** Checks of {@link InputPlace}. */
export const placeChecks: OptionChecks<InputPlace> = {
  size: (argument, value) => heightAndWidth(argument, value as PictureSize),
  fit: oneOf(['cover', 'stretch']),
};

/** What the other side leaves of a side, in whole pixels. */
function side(length: number, proportional: number): number {
  return Math.max(1, Math.min(length, Math.round(proportional)));
}

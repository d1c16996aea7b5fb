import { assertOptions } from '../numeric/options.ts';
import { assertSides } from './assertPicture.ts';
import type { PixelWindow } from './crop.ts';
import { type InputOptions, type InputPlace, inputChecks } from './inputOptions.ts';
import { heightAndWidth } from './maps/planes.ts';
import { pixelScale } from './pixelScale.ts';
import type { Picture } from './types.ts';

/**
 * The part of a picture that `toInput` makes an input of: the largest central one with the proportions of `size`.
 *
 * Whatever lies at `[row, column]` of an input `[h, w]` lies at `top + (row + 1/2) height / h − 1/2` and
 * `left + (column + 1/2) width / w − 1/2` of the picture; `overlay` places maps so.
 *
 * @param picture a picture, or its `width` and `height`.
 * @param options `size` and `fit`; the other options of {@link toInput} may be there and are not looked at.
 * @returns the first row and column in the picture, and how many there are, all whole pixels.
 * @throws {VitrineError} if the picture or an option is not as described.
 * @example
 * ```ts
 * import { inputWindow } from 'vitrine';
 * inputWindow({ width: 448, height: 224 }, { size: 224 }); // { top: 0, left: 112, height: 224, width: 224 }
 * ```
 */
export function inputWindow(
  picture: Pick<Picture, 'width' | 'height'>,
  options: InputPlace | InputOptions = {},
): PixelWindow {
  assertOptions(options as InputOptions, inputChecks);
  assertSides('picture', picture);
  const { size, fit = 'cover', antialias: _, ...scale } = options as InputOptions;
  if (Object.values(scale).some((value) => value !== undefined)) pixelScale(scale);
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

/** What the other side leaves of a side, in whole pixels. */
function side(length: number, proportional: number): number {
  return Math.max(1, Math.min(length, Math.round(proportional)));
}

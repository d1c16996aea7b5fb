import { assertInteger, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { Picture } from './types.ts';

/** Refuses what is no picture: other types, sizes below 1, too few or too many bytes. */
export function assertPicture(argument: string, picture: Picture): void {
  if (!isPicture(picture)) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected a picture {width, height, data}, got ${describe(picture)}`,
    );
  }
  assertSides(argument, picture);
  const { width, height, data } = picture;
  if (data.length !== width * height * 4) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}.data" expected ${width * height * 4} numbers for ${width}×${height} RGBA pixels, got ${data.length}`,
    );
  }
}

/** Refuses what has no width and height, or some below 1. */
export function assertSides(argument: string, picture: Pick<Picture, 'width' | 'height'>): void {
  if (typeof picture !== 'object' || picture === null) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected a picture {width, height, data}, got ${describe(picture)}`,
    );
  }
  assertInteger(`${argument}.width`, picture.width, [1, Number.POSITIVE_INFINITY]);
  assertInteger(`${argument}.height`, picture.height, [1, Number.POSITIVE_INFINITY]);
}

/** Whether a value has the parts of a picture, whatever their sizes. */
export function isPicture(value: unknown): value is Picture {
  return (
    typeof value === 'object' &&
    value !== null &&
    'width' in value &&
    'height' in value &&
    'data' in value &&
    (value.data instanceof Uint8ClampedArray || value.data instanceof Uint8Array)
  );
}

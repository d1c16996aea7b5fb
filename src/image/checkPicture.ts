import { assertInteger, describe } from '../numeric/check.ts';
import type { Picture } from './types.ts';

/** Refuses what is no picture: other types, sizes below 1, too few or too many bytes. */
export function assertPicture(argument: string, picture: Picture): void {
  if (!isPicture(picture)) {
    throw new TypeError(`"${argument}" expected a picture {width, height, data}, got ${describe(picture)}`);
  }
  const { width, height, data } = picture;
  assertInteger(`${argument}.width`, width, [1, Number.POSITIVE_INFINITY]);
  assertInteger(`${argument}.height`, height, [1, Number.POSITIVE_INFINITY]);
  if (data.length !== width * height * 4) {
    throw new RangeError(
      `"${argument}.data" expected ${width * height * 4} numbers for ${width}×${height} RGBA pixels, got ${data.length}`,
    );
  }
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

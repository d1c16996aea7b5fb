import type { Bytes } from '../../numeric/bytes/bytes.ts';
import { assertPicture } from '../assertPicture.ts';
import type { Picture } from '../types.ts';
import { pngBytes } from './pngBytes.ts';

/**
 * Encodes a picture as an 8-bit PNG file with opacity.
 *
 * @param picture in 8-bit RGBA.
 * @returns the bytes of the file.
 * @throws {VitrineError} if the argument is no picture.
 * @example
 * ```ts
 * import { encodePng } from 'vitrine';
 * const bytes = encodePng(picture);
 * console.log(`${bytes.length} bytes`);
 * ```
 */
export function encodePng(picture: Picture): Bytes {
  assertPicture('picture', picture);
  return pngBytes(picture);
}

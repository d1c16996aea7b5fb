import { readFile } from 'node:fs/promises';
import { type DecodeOptions, decodeImage } from '../image/files/decodeImage.ts';
import type { Picture } from '../image/types.ts';
import { VitrineError } from '../numeric/errors.ts';
import { assertOptions, integer, type OptionChecks } from '../numeric/options.ts';
import { pathOf } from './pathOf.ts';

const checks: OptionChecks<DecodeOptions> = { maxPixels: integer(1) };

/**
 * Reads a PNG or JPEG file.
 *
 * @param path of the file, or its `file:` URL.
 * @param options `maxPixels`, as for `decodeImage`.
 * @returns the picture in 8-bit RGBA.
 * @throws {VitrineError} if there is no such file, or it is corrupt, too large or of another format.
 * @example
 * ```ts
 * import { readPicture } from 'vitrine/node';
 * const { width, height } = await readPicture('examples/images/chelsea.png');
 * console.log(width, height); // 224 224
 * ```
 */
export async function readPicture(path: string | URL, options: DecodeOptions = {}): Promise<Picture> {
  assertOptions(options, checks);
  const name = pathOf(path);
  try {
    return await decodeImage(await readFile(name), options);
  } catch (cause) {
    const code = cause instanceof VitrineError ? cause.code : 'bad-file';
    throw new VitrineError(code, `"${name}" cannot be read: ${(cause as Error).message}`, { cause });
  }
}

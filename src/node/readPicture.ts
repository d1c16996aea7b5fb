import { readFile } from 'node:fs/promises';
import { decodeImage } from '../image/decodeImage.ts';
import type { Picture } from '../image/types.ts';
import { pathOf } from './pathOf.ts';

/**
 * Reads a PNG or JPEG file.
 *
 * @param path of the file, or its `file:` URL.
 * @returns the picture in 8-bit RGBA.
 * @throws Error if there is no such file, or it is corrupt or of another format.
 * @example
 * ```ts
 * import { readPicture } from 'vitrine/node';
 * const { width, height } = await readPicture('examples/images/chelsea.png');
 * console.log(width, height); // 224 224
 * ```
 */
export async function readPicture(path: string | URL): Promise<Picture> {
  const name = pathOf(path);
  try {
    return await decodeImage(await readFile(name));
  } catch (cause) {
    throw new Error(`"${name}" cannot be read: ${(cause as Error).message}`, { cause });
  }
}

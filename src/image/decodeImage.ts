import { describe } from '../numeric/check.ts';
import { decodeJpeg } from './decodeJpeg.ts';
import { decodePng } from './decodePng.ts';
import { picture } from './picture.ts';
import type { Picture } from './types.ts';

/**
 * Decodes a PNG or JPEG file, told apart by their first bytes.
 *
 * PNG: grey, colour or palette, with or without opacity, 1 to 16 bits, interlaced or not; 16 bits are rounded to 8.
 * JPEG: baseline and progressive; turned upright as its EXIF orientation says.
 *
 * @param bytes the whole file.
 * @returns the picture in 8-bit RGBA.
 * @throws TypeError if the argument holds no bytes; Error if they are neither PNG nor JPEG, or corrupt.
 * @example
 * ```ts
 * import { decodeImage, encodePng } from 'vitrine';
 * const { width, height } = await decodeImage(encodePng(picture));
 * ```
 */
export async function decodeImage(bytes: Uint8Array | ArrayBuffer): Promise<Picture> {
  const file = bytesOf(bytes);
  const format = formatOf(file);
  if (format !== 'PNG' && format !== 'JPEG') {
    throw new Error(`"bytes" expected a PNG or JPEG file, got ${format ?? `unknown data (${beginningOf(file)})`}`);
  }
  try {
    const { width, height, data } = format === 'PNG' ? decodePng(file) : decodeJpeg(file);
    return picture(width, height, data);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`"bytes" expected an intact ${format} file, got a corrupt or unsupported one: ${reason}`, {
      cause,
    });
  }
}

function bytesOf(bytes: unknown): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  throw new TypeError(`"bytes" expected a Uint8Array or ArrayBuffer, got ${describe(bytes)}`);
}

const signatures: readonly (readonly [name: string, start: string, at?: number])[] = [
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['JPEG', '\xff\xd8\xff'],
  ['a GIF file', 'GIF8'],
  ['a WebP file', 'WEBP', 8],
  ['a BMP file', 'BM'],
  ['a TIFF file', 'II*\0'],
  ['a TIFF file', 'MM\0*'],
  ['an AVIF file', 'ftypavif', 4],
  ['a HEIC file', 'ftyphei', 4],
  ['an SVG or XML file', '<svg'],
  ['an SVG or XML file', '<?xml'],
  ['an HTML page', '<!DOCTYPE html'],
  ['an HTML page', '<html'],
];

function formatOf(file: Uint8Array): string | undefined {
  const text = String.fromCharCode(...file.subarray(0, 64));
  return signatures.find(([, start, at = 0]) => text.toLowerCase().startsWith(start.toLowerCase(), at))?.[0];
}

function beginningOf(file: Uint8Array): string {
  if (file.length === 0) return 'no bytes';
  const start = Array.from(file.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${file.length} bytes starting ${start}`;
}

import { describe } from '../numeric/check.ts';
import { canDecodeInBrowser, decodeInBrowser } from './decodeInBrowser.ts';
import { decodeJpeg } from './decodeJpeg.ts';
import { decodePng } from './decodePng.ts';
import { picture } from './picture.ts';
import type { Picture } from './types.ts';

/**
 * Decodes a picture file, told by its first bytes: PNG and JPEG everywhere, in pages and their workers also what the
 * browser reads, such as WebP, AVIF, BMP and the first image of a GIF.
 *
 * PNG: grey, colour or palette, with or without opacity, 1 to 16 bits, 8 and 16 also interlaced; 16 bits are rounded to 8.
 * JPEG: baseline and progressive; turned upright as its EXIF orientation says. Colour profiles are not applied. The browser
 * turns what it reads itself, and rounds where that is translucent.
 *
 * @param bytes the whole file, or a `Blob` or `File` with it.
 * @returns the picture in 8-bit RGBA.
 * @throws TypeError if the argument holds no bytes; Error if they are of another format or corrupt, or a JPEG of more
 * than 100 million pixels.
 * @example
 * ```ts
 * import { decodeImage, encodePng } from 'vitrine';
 * const { width, height } = await decodeImage(encodePng(picture));
 * ```
 */
export async function decodeImage(bytes: Uint8Array | ArrayBuffer | Blob): Promise<Picture> {
  const file = await bytesOf(bytes);
  const { found, decode } = formatOf(file);
  if (!decode) throw new Error(`"bytes" expected a PNG or JPEG file, got ${found}`);
  if (decode === decodeInBrowser && !canDecodeInBrowser()) {
    throw new Error(`"bytes" expected a PNG or JPEG file, got ${found}; convert it to PNG: only browsers decode more`);
  }
  try {
    const { width, height, data } = await decode(file);
    return picture(width, height, data);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`"bytes" expected an intact picture, got ${found} that is corrupt or unsupported: ${reason}`, {
      cause,
    });
  }
}

async function bytesOf(bytes: unknown): Promise<Uint8Array> {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (bytes instanceof Blob) return new Uint8Array(await bytes.arrayBuffer());
  throw new TypeError(`"bytes" expected a Uint8Array, ArrayBuffer or Blob, got ${describe(bytes)}`);
}

interface Format {
  /** As messages name it. */
  readonly found: string;
  /** What files begin with, in any case of letters, after `at` bytes. */
  readonly start: string;
  readonly at?: number;
  readonly decode?: (bytes: Uint8Array) => Picture | Promise<Picture>;
}

const formats: readonly Format[] = [
  { found: 'a PNG file', start: '\x89PNG\r\n\x1a\n', decode: decodePng },
  { found: 'a JPEG file', start: '\xff\xd8\xff', decode: decodeJpeg },
  { found: 'a GIF file', start: 'GIF8', decode: decodeInBrowser },
  { found: 'a WebP file', start: 'WEBP', at: 8, decode: decodeInBrowser },
  { found: 'a BMP file', start: 'BM', decode: decodeInBrowser },
  { found: 'a TIFF file', start: 'II*\0', decode: decodeInBrowser },
  { found: 'a TIFF file', start: 'MM\0*', decode: decodeInBrowser },
  { found: 'an AVIF file', start: 'ftypavif', at: 4, decode: decodeInBrowser },
  { found: 'a HEIC file', start: 'ftyphei', at: 4, decode: decodeInBrowser },
  { found: 'an SVG or XML file', start: '<svg' },
  { found: 'an SVG or XML file', start: '<?xml' },
  { found: 'an HTML page', start: '<!DOCTYPE html' },
  { found: 'an HTML page', start: '<html' },
];

function formatOf(file: Uint8Array): Pick<Format, 'found' | 'decode'> {
  if (file.length === 0) return { found: 'no bytes' };
  const text = String.fromCharCode(...file.subarray(0, 64)).toLowerCase();
  const known = formats.find(({ start, at = 0 }) => text.startsWith(start.toLowerCase(), at));
  if (known) return known;
  const found = `unknown data (${beginningOf(file)})`;
  return canDecodeInBrowser() ? { found, decode: decodeInBrowser } : { found };
}

function beginningOf(file: Uint8Array): string {
  const start = Array.from(file.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${file.length} bytes starting ${start}`;
}

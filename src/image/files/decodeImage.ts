import { eventLoopTurn } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { describe, mostNumbers } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, integer, type OptionChecks } from '../../numeric/options.ts';
import { picture } from '../picture.ts';
import type { Picture } from '../types.ts';
import { canDecodeInBrowser, decodeInBrowser } from './decodeInBrowser.ts';
import { decodeJpeg } from './decodeJpeg.ts';
import { isTooManyPixels, pixelLimit } from './pixelLimit.ts';
import { decodePng } from './png/decodePng.ts';

/** Options of {@link decodeImage}. */
export interface DecodeOptions {
  /** The most pixels that a picture may have; 100 million by default, which are 400 MB of RGBA. */
  readonly maxPixels?: number;
}

/**
 * Decodes a picture file, told by its first bytes: PNG and JPEG everywhere, in pages and their workers also what the
 * browser reads, such as WebP, AVIF, BMP and the first image of a GIF.
 *
 * PNG: grey, colour or palette, with or without opacity, 1 to 16 bits, interlaced or not; 16 bits are rounded to 8.
 * JPEG: baseline and progressive. Both are turned upright as their EXIF orientation says. Colour profiles are not applied.
 * The browser turns what it reads itself, and rounds where that is translucent.
 *
 * The size is read first: no room is made for more pixels than are allowed, or than the bytes can hold.
 *
 * @param bytes the whole file, or a `Blob` or `File` with it.
 * @param options `maxPixels`.
 * @returns the picture in 8-bit RGBA.
 * @throws {VitrineError} if the argument holds no bytes, or if the picture has more pixels than `maxPixels`, or if
 * the bytes are of another format or corrupt.
 * @example
 * ```ts
 * import { decodeImage, encodePng } from 'vitrine';
 * const { width, height } = await decodeImage(encodePng(picture));
 * ```
 */
export async function decodeImage(
  bytes: Uint8Array | ArrayBuffer | Blob,
  options: DecodeOptions = {},
): Promise<Picture> {
  assertOptions(options, checks);
  const { maxPixels = 1e8 } = options;
  const file = await bytesOf((await owned(bytes))[0]);
  await eventLoopTurn();
  const { found, decode } = formatOf(file);
  if (!decode) throw new VitrineError('bad-image', `"bytes" expected a PNG or JPEG file, got ${found}`);
  if (decode === inBrowser && !canDecodeInBrowser()) {
    throw new VitrineError(
      'bad-image',
      `"bytes" expected a PNG or JPEG file, got ${found}; convert it to PNG: only browsers decode more`,
    );
  }
  try {
    const { width, height, data } = await decode(file, { maxPixels, found });
    return picture(width, height, data);
  } catch (cause) {
    if (isTooManyPixels(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VitrineError(
      'bad-image',
      `"bytes" expected an intact picture, got ${found} that is corrupt or unsupported: ${reason}`,
      {
        cause,
      },
    );
  }
}

// Of four bytes each, in one array.
const mostPixels = mostNumbers / 4;

const checks: OptionChecks<DecodeOptions> = { maxPixels: integer(1, mostPixels) };

async function bytesOf(bytes: unknown): Promise<Uint8Array> {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (bytes instanceof Blob) return new Uint8Array(await bytes.arrayBuffer());
  throw new VitrineError('bad-argument', `"bytes" expected a Uint8Array, ArrayBuffer or Blob, got ${describe(bytes)}`);
}

interface Format {
  /** As messages name it. */
  readonly found: string;
  /** What files begin with, in any case of letters, after `at` bytes. */
  readonly start: string;
  readonly at?: number;
  readonly decode?: Decode;
}

type Decode = (
  bytes: Uint8Array,
  limit: { readonly maxPixels: number; readonly found: string },
) => Picture | Promise<Picture>;

const png: Decode = (bytes, { maxPixels, found }) => decodePng(bytes, pixelLimit(maxPixels, found));
const jpeg: Decode = (bytes, { maxPixels }) => decodeJpeg(bytes, maxPixels);
const inBrowser: Decode = (bytes, { maxPixels, found }) => decodeInBrowser(bytes, pixelLimit(maxPixels, found));

const formats: readonly Format[] = [
  { found: 'a PNG file', start: '\x89PNG\r\n\x1a\n', decode: png },
  { found: 'a JPEG file', start: '\xff\xd8\xff', decode: jpeg },
  { found: 'a GIF file', start: 'GIF8', decode: inBrowser },
  { found: 'a WebP file', start: 'WEBP', at: 8, decode: inBrowser },
  { found: 'a BMP file', start: 'BM', decode: inBrowser },
  { found: 'a TIFF file', start: 'II*\0', decode: inBrowser },
  { found: 'a TIFF file', start: 'MM\0*', decode: inBrowser },
  { found: 'an AVIF file', start: 'ftypavif', at: 4, decode: inBrowser },
  { found: 'a HEIC file', start: 'ftyphei', at: 4, decode: inBrowser },
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
  return canDecodeInBrowser() ? { found, decode: inBrowser } : { found };
}

function beginningOf(file: Uint8Array): string {
  const start = Array.from(file.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${file.length} bytes starting ${start}`;
}

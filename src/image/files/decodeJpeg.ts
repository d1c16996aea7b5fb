import jpeg from 'jpeg-js';
import { VitrineError } from '../../numeric/errors.ts';
import type { Picture } from '../types.ts';
import { orientationOf, upright } from './orientation.ts';
import { tooManyPixels } from './pixelLimit.ts';

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly exifBuffer?: Uint8Array;
}

/** Decodes a JPEG file to 8-bit RGBA, upright. What it claims is refused before room is made for it. */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): Picture {
  const { width, height, data, exifBuffer } = decoded(bytes, maxPixels);
  const stored = { width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) };
  // One zero byte is left of the marker before the TIFF header.
  return upright(stored, exifBuffer ? orientationOf(exifBuffer.subarray(1)) : 1);
}

// A block of 8 × 8 numbers takes at least a bit. The decoder needs 256 bytes for it, 64 for what it becomes, and up to
// 256 for the pixels made of that; a pixel has up to four numbers. What is left is for small pictures and tables.
const pixelsPerByte = 8 * 64;
const memoryPerByte = 8 * (256 + 64 + 256);
const memoryPerPixel = 4 * (4 + 1) + 4;
const memoryBeside = 2 ** 24;

function decoded(bytes: Uint8Array, maxPixels: number): Decoded {
  const held = bytes.length * pixelsPerByte;
  const memory = Math.min(bytes.length * memoryPerByte, maxPixels * memoryPerPixel) + memoryBeside;
  const limits = { maxResolutionInMP: Math.min(maxPixels, held) / 1e6, maxMemoryUsageInMB: memory / 2 ** 20 };
  try {
    // The declarations leave out exifBuffer.
    return jpeg.decode(bytes, { useTArray: true, tolerantDecoding: false, ...limits }) as Decoded;
  } catch (cause) {
    // What JavaScript says of the decoder's code says nothing of the file.
    if (cause instanceof TypeError || cause instanceof RangeError)
      throw new VitrineError('bad-image', 'its parts do not fit together', { cause });
    if (!/max(Resolution|MemoryUsage)In/.test(String(cause))) throw cause;
    if (String(cause).includes('maxResolution') && maxPixels <= held)
      throw tooManyPixels(maxPixels, 'a JPEG file of more');
    throw new VitrineError('bad-image', 'more pixels than its bytes can hold', { cause });
  }
}

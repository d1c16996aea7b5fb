import jpeg from 'jpeg-js';
import type { Picture } from './types.ts';

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly exifBuffer?: Uint8Array;
}

/** Decodes a JPEG file to 8-bit RGBA, upright. */
export function decodeJpeg(bytes: Uint8Array): Picture {
  const { width, height, data, exifBuffer } = decoded(bytes);
  const stored = {
    width,
    height,
    data: new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.length),
  };
  return upright(stored, exifBuffer ? orientationOf(exifBuffer) : 1);
}

const mostMegapixels = 100;

function decoded(bytes: Uint8Array): Decoded {
  // A block of 8 × 8 pixels takes at least a bit: no more pixels are made room for than the bytes can hold.
  const maxResolutionInMP = Math.min(mostMegapixels, (bytes.length * 8 * 64) / 1e6);
  try {
    const limits = { maxResolutionInMP, maxMemoryUsageInMB: Number.POSITIVE_INFINITY };
    // The declarations leave out exifBuffer.
    return jpeg.decode(bytes, { useTArray: true, tolerantDecoding: false, ...limits });
  } catch (cause) {
    if (!String(cause).includes('maxResolutionInMP')) throw cause;
    const few = maxResolutionInMP < mostMegapixels;
    throw new Error(few ? 'more pixels than bytes can hold' : `more than ${mostMegapixels} million pixels`, { cause });
  }
}

const orientationTag = 0x0112;

// EXIF 2.3, 4.6.4 A: how the stored rows and columns lie in the scene; 1, as they are, where nothing valid is said.
function orientationOf(exif: Uint8Array): number {
  // One zero byte is left of the marker before the TIFF header.
  const tiff = new DataView(exif.buffer, exif.byteOffset + 1, Math.max(0, exif.byteLength - 1));
  if (tiff.byteLength < 8) return 1;
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  const entries = directory + 2 <= tiff.byteLength ? tiff.getUint16(directory, little) : 0;
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(at, little) === orientationTag) return tiff.getUint16(at + 8, little);
  }
  return 1;
}

function upright(stored: Picture, orientation: number): Picture {
  if (!(orientation >= 2 && orientation <= 8)) return stored;
  const turned = orientation >= 5;
  const [width, height] = turned ? [stored.height, stored.width] : [stored.width, stored.height];
  const from = new Uint32Array(stored.data.buffer, stored.data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  for (let pixel = 0; pixel < to.length; pixel++) {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const [down, along] = turned ? [column, row] : [row, column];
    const sourceRow = [3, 4, 6, 7].includes(orientation) ? stored.height - 1 - down : down;
    const sourceColumn = [2, 3, 7, 8].includes(orientation) ? stored.width - 1 - along : along;
    to[pixel] = from[sourceRow * stored.width + sourceColumn] as number;
  }
  return { width, height, data: new Uint8ClampedArray(to.buffer) };
}

import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import type { Picture, PixelBytes } from './types.ts';

/** Decodes a PNG file of any colour type and depth to 8-bit RGBA. */
export function decodePng(bytes: Uint8Array): Picture {
  assertComplete(bytes);
  const png = decode(bytes, { checkCrc: true });
  const { width, height } = png;
  const raster = rasterOf(png);
  if (raster.samples.length !== width * height * raster.channels) throw new Error(`too few pixels for its size`);
  const data = toRgba(raster, width * height);
  if (png.transparency && !png.palette) clearColour(data, raster, png.transparency);
  return { width, height, data };
}

/** One number per channel and pixel; 2 and 4 channels end with the opacity. */
interface Raster {
  readonly samples: Uint8Array | Uint8ClampedArray | Uint16Array;
  readonly channels: number;
  /** The number that stands for full intensity. */
  readonly top: number;
}

function rasterOf(png: DecodedPng): Raster {
  const { width, height, depth, channels, data, palette } = png;
  if (palette && channels === 1) {
    const samples = convertIndexedToRgb(png);
    return { samples, channels: samples.length / (width * height), top: 255 };
  }
  return { samples: depth < 8 ? unpack(png) : data, channels, top: 2 ** depth - 1 };
}

// Below 8 bits there is only one channel, and each row starts at a byte.
function unpack({ width, height, depth, data }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    const bit = (pixel % width) * depth;
    const byte = data[Math.floor(pixel / width) * rowBytes + (bit >> 3)] as number;
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  });
}

function toRgba({ samples, channels, top }: Raster, pixels: number): PixelBytes {
  const data = new Uint8ClampedArray(pixels * 4);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const scale = 255 / top;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const start = pixel * channels;
    data[pixel * 4] = (samples[start] as number) * scale;
    data[pixel * 4 + 1] = (samples[start + green] as number) * scale;
    data[pixel * 4 + 2] = (samples[start + blue] as number) * scale;
    data[pixel * 4 + 3] = channels % 2 === 0 ? (samples[start + channels - 1] as number) * scale : 255;
  }
  return data;
}

// A grey or colour image names at most one transparent colour (PNG specification, 11.3.2.1).
function clearColour(data: Uint8ClampedArray, { samples, channels }: Raster, colour: Uint16Array): void {
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    let same = true;
    for (let c = 0; c < channels; c++) same &&= samples[pixel * channels + c] === colour[c];
    if (same) data[pixel * 4 + 3] = 0;
  }
}

// The decoder reads on beyond the end of a file that is cut short, and its message does not say so.
function assertComplete(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 8;
  while (offset + 12 <= bytes.length) {
    const isEnd = view.getUint32(offset + 4) === 0x49454e44;
    offset += 12 + view.getUint32(offset);
    if (isEnd && offset <= bytes.length) return;
  }
  throw new Error(`cut short after ${bytes.length} bytes`);
}

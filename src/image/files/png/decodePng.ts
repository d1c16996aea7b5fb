import { inflating } from '../../../numeric/bytes/inflating.ts';
import { readParts } from '../../../numeric/bytes/readParts.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { Picture } from '../../types.ts';
import { orientationOf, upright } from '../orientation.ts';
import type { AssertSize } from '../pixelLimit.ts';
import { type Chunk, chunksOf } from './chunks.ts';
import { type Header, headerOf } from './header.ts';
import { painter } from './painter.ts';
import { passesOf, rowBytes } from './passes.ts';
import { rowReader } from './rowReader.ts';

/**
 * Decodes a PNG file of any colour type and depth to 8-bit RGBA, upright. Its size is known, and refused, before anything
 * is made room for; what is inflated ends with the last row, however much there is.
 */
export async function decodePng(bytes: Uint8Array, assertSize: AssertSize): Promise<Picture> {
  const chunks = chunksOf(bytes);
  const header = headerOf(chunks.next().value as Chunk);
  assertSize(header);
  const { pixels, palette, transparency, exif } = sorted(chunks);
  assertHeld(header, pixels);
  const data = new Uint8ClampedArray(header.width * header.height * 4);
  const take = rowReader(header, painter(header, { palette, transparency }, data));
  let isWhole = false;
  await readParts(inflating(pixels, 'deflate'), (part) => (isWhole = take(part)));
  if (!isWhole) throw new VitrineError('bad-image', 'too few pixels for its size');
  return upright({ width: header.width, height: header.height, data }, exif ? orientationOf(exif) : 1);
}

interface Sorted {
  readonly pixels: readonly Uint8Array[];
  readonly palette?: Uint8Array | undefined;
  readonly transparency?: Uint8Array | undefined;
  readonly exif?: Uint8Array | undefined;
}

function sorted(chunks: Iterable<Chunk>): Sorted {
  const pixels: Uint8Array[] = [];
  const others = new Map<string, Uint8Array>();
  for (const { type, data } of chunks) {
    if (type === 'IDAT') pixels.push(data);
    else if (used.includes(type)) others.set(type, data);
    else if (isCritical(type)) throw new VitrineError('bad-image', `chunk ${type} is not known`);
  }
  return { pixels, palette: others.get('PLTE'), transparency: others.get('tRNS'), exif: others.get('eXIf') };
}

const used: readonly string[] = ['PLTE', 'tRNS', 'eXIf', 'IEND'];

// PNG specification, §5.4: what begins with a capital must be understood.
function isCritical(type: string): boolean {
  return /^[A-Z]/.test(type);
}

// Deflate makes at most 258 bytes of two bits (RFC 1951, 3.2.5).
const largestGrowth = 258 * 4;

function assertHeld(header: Header, pixels: readonly Uint8Array[]): void {
  const size = passesOf(header).reduce((sum, pass) => sum + pass.rows * (1 + rowBytes(header, pass)), 0);
  const packed = pixels.reduce((sum, { length }) => sum + length, 0);
  if (size > packed * largestGrowth) throw new VitrineError('bad-image', 'more pixels than its bytes can hold');
}

import { crc32, deflateSync } from 'node:zlib';

/** What a PNG file is to say of its pixels. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced?: boolean;
}

/** The numbers per pixel of each colour type. */
export const pngChannels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

// The pass in which each pixel of a block of 8 × 8 comes, as the specification draws it.
const adam7 = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777'];

/** A chunk with its length and checksum. */
export function pngChunk(type: string, body: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const out = Buffer.alloc(content.length + 8);
  out.writeUInt32BE(body.length, 0);
  out.set(content, 4);
  out.writeUInt32BE(crc32(content), content.length + 4);
  return out;
}

/** A file around bytes that are not yet deflated; `extra` chunks come before them. */
export function pngAround(header: PngHeader, raw: Uint8Array, extra: readonly Buffer[] = []): Uint8Array {
  return pngOfChunks(header, [...extra, pngChunk('IDAT', deflateSync(raw))]);
}

/** A file of its header, chunks and an end. */
export function pngOfChunks(
  { width, height, depth, colourType, interlaced }: PngHeader,
  chunks: readonly Buffer[],
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Uint8Array.from(
    Buffer.concat([signature, pngChunk('IHDR', header), ...chunks, pngChunk('IEND', Buffer.alloc(0))]),
  );
}

/** A changed file with checksums that are right again, as far as its chunks can be told. */
export function resealed(file: Uint8Array): Uint8Array {
  const sealed = Buffer.from(file);
  for (let at = 8; at + 12 <= sealed.length; ) {
    const end = at + 8 + sealed.readUInt32BE(at);
    if (end + 4 > sealed.length) break;
    sealed.writeUInt32BE(crc32(sealed.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return Uint8Array.from(sealed);
}

/** The bytes that are deflated: rows of pixels `valueAt(x, y, channel)`, each behind the number of its filter, in turn. */
export function pngRows(header: PngHeader, valueAt: (x: number, y: number, channel: number) => number): Buffer {
  const passes = header.interlaced ? ['1', '2', '3', '4', '5', '6', '7'] : [undefined];
  return Buffer.concat(passes.flatMap((pass) => filtered(rowsOf(header, pass, valueAt), header)));
}

function rowsOf(
  { width, height, depth, colourType }: PngHeader,
  pass: string | undefined,
  valueAt: (x: number, y: number, channel: number) => number,
): Buffer[] {
  const columns = Array.from({ length: width }, (_, x) => x);
  return Array.from({ length: height }, (_, y) => {
    const row = columns.filter((x) => pass === undefined || adam7[y % 8]?.[x % 8] === pass);
    const numbers = row.flatMap((x) =>
      Array.from({ length: pngChannels[colourType] as number }, (_, c) => valueAt(x, y, c)),
    );
    const bits = numbers.map((value) => value.toString(2).padStart(depth, '0')).join('');
    return Buffer.from((bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)));
  }).filter((row) => row.length > 0);
}

function filtered(rows: readonly Buffer[], { depth, colourType }: PngHeader): Buffer[] {
  const back = Math.max(1, (depth * (pngChannels[colourType] as number)) / 8);
  return rows.map((row, y) => {
    const above = rows[y - 1];
    const filter = y % 5;
    const bytes = row.map((byte, i) => {
      const [a, b, c] = [i < back ? 0 : row[i - back]!, above?.[i] ?? 0, i < back ? 0 : (above?.[i - back] ?? 0)];
      return byte - predictions[filter]!(a, b, c);
    });
    return Buffer.concat([Buffer.of(filter), bytes]);
  });
}

const predictions: readonly ((a: number, b: number, c: number) => number)[] = [
  () => 0,
  (a) => a,
  (_, b) => b,
  (a, b) => Math.floor((a + b) / 2),
  (a, b, c) => [a, b, c].reduce((best, one) => (Math.abs(a + b - c - one) < Math.abs(a + b - c - best) ? one : best)),
];

import { crc32 } from '../../../numeric/bytes/crc32.ts';
import { VitrineError } from '../../../numeric/errors.ts';

/** A part of a PNG file: its type, such as `IDAT`, and what it holds, as a view. */
export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

const signatureLength = 8;

/**
 * The chunks of a PNG file up to its end, each with the right checksum. What chunks hold is not looked into: texts and
 * colour profiles, which may be compressed, cost nothing.
 *
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", §5.3.
 */
export function* chunksOf(file: Uint8Array): Generator<Chunk> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = signatureLength; at + 12 <= file.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > file.length) break;
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (crc32(file.subarray(at + 4, end)) !== view.getUint32(end))
      throw new VitrineError('bad-image', `checksum of ${type} differs`);
    yield { type, data: file.subarray(at + 8, end) };
    if (type === 'IEND') return;
    at = end + 4;
  }
  throw new VitrineError('bad-image', `cut short after ${file.length} bytes`);
}

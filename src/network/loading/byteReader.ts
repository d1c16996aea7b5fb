import { VitrineError } from '../../numeric/errors.ts';
/** Reads numbers and texts of a file; nothing outside of it. */
export interface ByteReader {
  readonly length: number;
  uint8(at: number): number;
  uint16(at: number): number;
  uint32(at: number): number;
  /** Beyond 2⁵³ not exact, but then larger than any file. */
  uint64(at: number): number;
  /** UTF-8, up to the first zero where there is one. */
  text(at: number, length: number): string;
  /** A view. */
  bytes(at: number, length: number): Uint8Array;
  /** As `bytes`, of a structure of its own: a sound file holds each once, so that all together are no larger than it. */
  claim(at: number, length: number): Uint8Array;
}

const decoder = new TextDecoder();

/**
 * A file as little-endian numbers and texts. What would lie outside is refused, and so are structures or texts that
 * together are larger than the file: they overlap, and could make a small file ask for any amount of work and memory.
 */
export function byteReader(file: Uint8Array): ByteReader {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const spendText = budget(file.length, 'texts');
  const spend = budget(file.length, 'parts');
  const bytes = (at: number, length: number): Uint8Array => {
    assertInside(at, length, file.length);
    return file.subarray(at, at + length);
  };
  const number = (size: number, read: (at: number) => number | bigint) => (at: number) => {
    assertInside(at, size, file.length);
    return Number(read(at));
  };
  return {
    length: file.length,
    uint8: number(1, (at) => view.getUint8(at)),
    uint16: number(2, (at) => view.getUint16(at, true)),
    uint32: number(4, (at) => view.getUint32(at, true)),
    uint64: number(8, (at) => view.getBigUint64(at, true)),
    text(at, length) {
      const all = bytes(at, length);
      const end = all.indexOf(0);
      const used = end < 0 ? all : all.subarray(0, end);
      spendText(used.length);
      return decoder.decode(used);
    },
    bytes,
    claim(at, length) {
      spend(length);
      return bytes(at, length);
    },
  };
}

function assertInside(at: number, length: number, end: number): void {
  if (at >= 0 && length >= 0 && at + length <= end) return;
  throw new VitrineError('bad-file', `it points to ${length} bytes at ${at}, but ends at ${end}`);
}

function budget(limit: number, what: string): (amount: number) => void {
  let spent = 0;
  return (amount) => {
    spent += amount;
    if (spent > limit)
      throw new VitrineError('bad-file', `its ${what} overlap: together they are larger than the file`);
  };
}

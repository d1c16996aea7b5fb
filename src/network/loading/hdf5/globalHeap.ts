import { VitrineError } from '../../../numeric/errors.ts';
import type { ByteReader } from '../byteReader.ts';

/** Reads a text that the global heap holds: its length, the address of its collection and its number there. */
export type HeapText = (length: number, collection: number, index: number) => string;

interface HeapObject {
  readonly at: number;
  readonly size: number;
}

/** The texts of variable length of a file. Collections are listed once each. */
export function globalHeap(file: ByteReader): HeapText {
  const collections = new Map<number, ReadonlyMap<number, HeapObject>>();
  return (length, address, index) => {
    if (length === 0) return '';
    const objects = collections.get(address) ?? objectsOf(file, address);
    collections.set(address, objects);
    const object = objects.get(index);
    if (object && object.size >= length) return file.text(object.at, length);
    throw new VitrineError('bad-file', `a text of ${length} bytes is not in the global heap at ${address}`);
  };
}

function objectsOf(file: ByteReader, address: number): Map<number, HeapObject> {
  if (file.text(address, 4) !== 'GCOL') throw new VitrineError('bad-file', `expected a global heap at ${address}`);
  const objects = new Map<number, HeapObject>();
  const end = address + file.claim(address, file.uint64(address + 8)).length;
  for (let at = address + 16; at + 16 <= end; ) {
    const [index, size] = [file.uint16(at), file.uint64(at + 8)];
    // Number 0 is the free space at the end.
    if (index === 0) break;
    objects.set(index, { at: at + 16, size });
    at += 16 + Math.ceil(size / 8) * 8;
  }
  return objects;
}

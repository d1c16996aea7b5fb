import { VitrineError } from '../../../numeric/errors.ts';
import type { ByteReader } from '../byteReader.ts';
import type { Message } from './objectHeader.ts';

/** A name in a group, and where the header of the object lies. */
export interface Link {
  readonly name: string;
  readonly header: number;
}

const entrySize = 40;
const softLink = 2;

/** What a group's symbol table lists: the leaves of a B-tree (version 1), whose names lie in a local heap. */
export function readLinks(file: ByteReader, { at }: Message): Link[] {
  const heap = file.uint64(at + 8);
  assertSignature(file, heap, 'HEAP');
  const [length, start] = [file.uint64(heap + 8), file.uint64(heap + 24)];
  file.claim(start, length);
  const nameAt = (offset: number): string => file.text(start + offset, length - offset);
  return leavesOf(file, file.uint64(at)).flatMap((leaf) => linksOf(file, leaf, nameAt));
}

/** Addresses of the leaves below a node. Levels must fall towards the leaves, which also rules out cycles. */
function leavesOf(file: ByteReader, node: number, parent = 256): number[] {
  assertSignature(file, node, 'TREE');
  const [level, count] = [file.uint8(node + 5), file.uint16(node + 6)];
  if (level >= parent)
    throw new VitrineError('bad-file', `a B-tree has a node of level ${level} below one of level ${parent}`);
  file.claim(node, 24 + 16 * count);
  const children = Array.from({ length: count }, (_, i) => file.uint64(node + 32 + 16 * i));
  return level === 0 ? children : children.flatMap((child) => leavesOf(file, child, level));
}

function linksOf(file: ByteReader, leaf: number, nameAt: (offset: number) => string): Link[] {
  assertSignature(file, leaf, 'SNOD');
  const count = file.uint16(leaf + 6);
  file.claim(leaf, 8 + entrySize * count);
  return Array.from({ length: count }, (_, i) => {
    const entry = leaf + 8 + entrySize * i;
    const name = nameAt(file.uint64(entry));
    if (file.uint32(entry + 16) === softLink)
      throw new VitrineError('bad-file', `"${name}" is a soft link, which is not followed`);
    return { name, header: file.uint64(entry + 8) };
  });
}

function assertSignature(file: ByteReader, at: number, expected: string): void {
  const found = file.text(at, 4);
  if (found !== expected)
    throw new VitrineError('bad-file', `expected ${expected} at ${at}, got ${JSON.stringify(found)}`);
}

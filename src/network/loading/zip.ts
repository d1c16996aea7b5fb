import { collected } from '../../numeric/bytes/collected.ts';
import { crc32 } from '../../numeric/bytes/crc32.ts';
import { inflating } from '../../numeric/bytes/inflating.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type ByteReader, byteReader } from './byteReader.ts';
import type { FileSet } from './source.ts';

interface Entry {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

const signatures = { end: 0x06054b50, directory: 0x02014b50, header: 0x04034b50 } as const;
const endSize = 22;
const longestComment = 0xffff;
// Text deflates to a thirtieth. What claims much more is made to exhaust the memory.
const largestGrowth = 64;

/** Whether a file begins as zip files do, an empty one included. */
export function isZip(file: Uint8Array): boolean {
  return file[0] === 0x50 && file[1] === 0x4b && ((file[2] === 3 && file[3] === 4) || (file[2] === 5 && file[3] === 6));
}

/**
 * Lists the files of a zip by its central directory, stored and deflated ones. Stored ones are views.
 *
 * Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3.10, §4.3.
 *
 * @param file that stays as it is while its files are in use.
 * @param name of the zip, for messages.
 * @throws {VitrineError} if the zip is damaged, or in zip64.
 */
export async function openZip(file: Uint8Array, name: string): Promise<FileSet> {
  const reader = byteReader(file);
  return named(name, async () => {
    const entries = readDirectory(reader, findEnd(reader));
    assertSizes(entries, file.length);
    const zip = new Map<string, () => Promise<Uint8Array>>();
    for (const entry of entries) {
      if (zip.has(entry.path)) throw new VitrineError('bad-file', `it holds "${entry.path}" twice`);
      if (!entry.path.endsWith('/')) zip.set(entry.path, () => readEntry(reader, entry, name));
    }
    return zip;
  });
}

function assertSizes(entries: readonly Entry[], length: number): void {
  const packed = entries.reduce((sum, entry) => sum + entry.packed, 0);
  if (packed > length) throw new VitrineError('bad-file', 'its files overlap: together they are larger than the zip');
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (size > largestGrowth * length) throw new VitrineError('bad-file', `its files would grow to ${size} bytes`);
}

function findEnd(file: ByteReader): number {
  const first = Math.max(0, file.length - endSize - longestComment);
  for (let at = file.length - endSize; at >= first; at--) if (file.uint32(at) === signatures.end) return at;
  throw new VitrineError('bad-file', 'it has no central directory: is it cut?');
}

function readDirectory(file: ByteReader, end: number): Entry[] {
  const [count, start] = [file.uint16(end + 10), file.uint32(end + 16)];
  if (count === 0xffff || start === 0xffffffff) throw new VitrineError('bad-file', 'zip64 is not read');
  const entries: Entry[] = [];
  for (let at = start; entries.length < count; ) {
    if (file.uint32(at) !== signatures.directory)
      throw new VitrineError('bad-file', `expected an entry of the directory at ${at}`);
    const [path, extra, comment] = [file.uint16(at + 28), file.uint16(at + 30), file.uint16(at + 32)];
    entries.push({
      path: file.text(at + 46, path),
      flags: file.uint16(at + 8),
      method: file.uint16(at + 10),
      checksum: file.uint32(at + 16),
      packed: file.uint32(at + 20),
      size: file.uint32(at + 24),
      header: file.uint32(at + 42),
    });
    at += 46 + path + extra + comment;
  }
  return entries;
}

async function readEntry(file: ByteReader, entry: Entry, zip: string): Promise<Uint8Array> {
  const { path, flags, method, packed, size, header } = entry;
  return named(`${zip}/${path}`, async () => {
    if (flags & 1) throw new VitrineError('bad-file', 'it is encrypted');
    if (packed === 0xffffffff || size === 0xffffffff) throw new VitrineError('bad-file', 'zip64 is not read');
    if (file.uint32(header) !== signatures.header)
      throw new VitrineError('bad-file', `expected its header at ${header}`);
    const start = header + 30 + file.uint16(header + 26) + file.uint16(header + 28);
    const bytes = file.bytes(start, packed);
    if (method !== 0 && method !== 8)
      throw new VitrineError('bad-file', `it is compressed by method ${method}, expected 0 or 8 (deflate)`);
    const content = method === 8 ? await inflated(bytes, entry) : bytes;
    if (content.length !== size) throw new VitrineError('bad-file', `expected ${size} bytes, got ${content.length}`);
    return content;
  });
}

/**
 * Inflates, at most up to the stated size: what would grow beyond it is stopped there. The checksum is compared here
 * alone, for of stored weights it would take a third of the time of reading them.
 */
async function inflated(packed: Uint8Array, { size, checksum }: Entry): Promise<Uint8Array> {
  let [length, found] = [0, 0];
  const content = await collected(inflating([packed], 'deflate-raw'), (part) => {
    length += part.length;
    if (length > size) throw new VitrineError('bad-file', `it grows beyond the ${size} bytes that it claims`);
    found = crc32(part, found);
  });
  if (length === size && found !== checksum) throw new VitrineError('bad-file', 'it is damaged: its checksum differs');
  return content;
}

async function named<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new VitrineError('bad-file', `"${name}" cannot be read as zip: ${(cause as Error).message}`, { cause });
  }
}

import { VitrineError } from '../../../numeric/errors.ts';
import { type ByteReader, byteReader } from '../byteReader.ts';
import type { StoredArray, StoredGroup } from '../storedModel.ts';
import { type Attribute, attributeReader } from './attribute.ts';
import { readDataset } from './dataset.ts';
import { type Message, messageTypes, readMessages } from './objectHeader.ts';
import { readLinks } from './symbolTable.ts';

interface Context {
  readonly file: ByteReader;
  readonly readAttribute: (message: Message) => Attribute;
  /** What was read, by the address of its header; nothing yet while it is being read. */
  readonly read: Map<number, StoredGroup | StoredArray | undefined>;
}

const signature = '\x89HDF\r\n\x1a\n';
const deepest = 100;

/** Whether a file begins as HDF5 files do. */
export function isHdf5(file: Uint8Array): boolean {
  return String.fromCharCode(...file.subarray(0, 8)) === signature;
}

/**
 * Reads an HDF5 file as h5py and Keras write it by default: superblock 0, groups with symbol tables, object headers of
 * version 1, arrays in one piece. Arrays are views of the file. What it does not read, it refuses by name.
 *
 * Source: The HDF Group, "HDF5 File Format Specification Version 3.0".
 *
 * @param file that stays as it is while its arrays are in use.
 * @param name of the file, for messages.
 * @returns the root group.
 * @throws {VitrineError} if the file is damaged, or holds what is not read.
 */
export function readHdf5(file: Uint8Array, name: string): StoredGroup {
  try {
    const reader = byteReader(file);
    const context = { file: reader, readAttribute: attributeReader(reader), read: new Map() };
    const root = readObject(context, rootHeader(reader), []);
    if ('groups' in root) return root;
    throw new VitrineError('bad-file', 'its root is no group');
  } catch (cause) {
    throw new VitrineError('bad-file', `"${name}" cannot be read as HDF5: ${(cause as Error).message}`, { cause });
  }
}

function rootHeader(file: ByteReader): number {
  if (!isHdf5(file.bytes(0, 8))) throw new VitrineError('bad-file', 'it does not begin as an HDF5 file');
  const version = file.uint8(8);
  if (version !== 0)
    throw new VitrineError('bad-file', `superblock ${version} is not read: write it without h5py's libver='latest'`);
  const [base, end] = [file.uint64(24), file.uint64(40)];
  if (file.uint8(13) !== 8 || file.uint8(14) !== 8 || base !== 0) {
    throw new VitrineError('bad-file', 'expected addresses and lengths of 8 bytes that count from the beginning');
  }
  if (end > file.length) throw new VitrineError('bad-file', `it is cut: expected ${end} bytes, got ${file.length}`);
  return file.uint64(64);
}

function readObject(context: Context, address: number, path: readonly string[]): StoredGroup | StoredArray {
  if (path.length > deepest) throw new VitrineError('bad-file', `groups are nested more than ${deepest} deep`);
  const known = context.read.get(address);
  if (known) return known;
  if (context.read.has(address)) throw new VitrineError('bad-file', `group "${path.join('/')}" holds itself`);
  context.read.set(address, undefined);
  const made = makeObject(context, readMessages(context.file, address), path);
  context.read.set(address, made);
  return made;
}

function makeObject(
  context: Context,
  messages: readonly Message[],
  path: readonly string[],
): StoredGroup | StoredArray {
  const { file, readAttribute } = context;
  const ofType = (type: number): Message[] => messages.filter((message) => message.type === type);
  const name = path.join('/');
  const said = ofType(messageTypes.attribute).map(readAttribute);
  const attributes = new Map(said.filter(([, value]) => value !== undefined));
  const isArray = ofType(messageTypes.layout).length > 0 && ofType(messageTypes.externalFiles).length === 0;
  if (isArray) return readDataset(file, { path: name, messages, attributes });
  const tables = ofType(messageTypes.symbolTable);
  if (tables.length === 0)
    throw new VitrineError('bad-file', `"${name}" expected a group with a symbol table or an array in the file`);
  const links = tables.flatMap((table) => readLinks(file, table));
  const children = links.map(
    ({ name: child, header }) => [child, readObject(context, header, [...path, child])] as const,
  );
  return { path: name, attributes, ...sorted(children) };
}

function sorted(
  children: readonly (readonly [string, StoredGroup | StoredArray])[],
): Omit<StoredGroup, 'path' | 'attributes'> {
  const groups = new Map<string, StoredGroup>();
  const arrays = new Map<string, StoredArray>();
  for (const [name, child] of children) {
    if ('groups' in child) groups.set(name, child);
    else arrays.set(name, child);
  }
  return { groups, arrays };
}

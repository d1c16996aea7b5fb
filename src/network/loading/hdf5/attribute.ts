import { VitrineError } from '../../../numeric/errors.ts';
import { sizeOf } from '../../../numeric/ndarray.ts';
import type { ByteReader } from '../byteReader.ts';
import { readDataspace } from './dataspace.ts';
import { readDatatype } from './datatype.ts';
import { globalHeap } from './globalHeap.ts';
import type { Message } from './objectHeader.ts';

type Value = string | number;

/** A name with a text, a number or a list of them; with nothing where it is of another type. */
export type Attribute = readonly [name: string, value: Value | readonly Value[] | undefined];

/** Reads the attributes of a file. */
export function attributeReader(file: ByteReader): (message: Message) => Attribute {
  const readers = valueReaders(file);
  return ({ at, size }) => {
    const version = file.uint8(at);
    if (version < 1 || version > 3)
      throw new VitrineError('bad-file', `an attribute expected version 1 to 3, got ${version}`);
    const padded = (length: number): number => (version === 1 ? Math.ceil(length / 8) * 8 : length);
    const nameAt = at + (version === 3 ? 9 : 8);
    const typeAt = nameAt + padded(file.uint16(at + 2));
    const spaceAt = typeAt + padded(file.uint16(at + 4));
    const valuesAt = spaceAt + padded(file.uint16(at + 6));
    const name = file.text(nameAt, file.uint16(at + 2));
    const type = readDatatype(file, typeAt);
    const shape = readDataspace(file, spaceAt);
    const count = sizeOf(shape);
    if (valuesAt + count * type.size > at + size)
      throw new VitrineError('bad-file', `attribute "${name}" is longer than its message`);
    const read = readers[type.kind];
    const values = read && Array.from({ length: count }, (_, i) => read(valuesAt + i * type.size, type.size));
    return [name, shape.length === 0 ? values?.[0] : values];
  };
}

function valueReaders(file: ByteReader): Readonly<Record<string, (at: number, size: number) => Value>> {
  const heapText = globalHeap(file);
  const number = (read: (view: DataView) => number | bigint) => (at: number, size: number) => {
    const { buffer, byteOffset } = file.bytes(at, size);
    return Number(read(new DataView(buffer, byteOffset, size)));
  };
  return {
    string: (at, size) => file.text(at, size),
    'variable string': (at) => heapText(file.uint32(at), file.uint64(at + 4), file.uint32(at + 12)),
    int8: number((view) => view.getInt8(0)),
    uint8: number((view) => view.getUint8(0)),
    int32: number((view) => view.getInt32(0, true)),
    uint32: number((view) => view.getUint32(0, true)),
    int64: number((view) => view.getBigInt64(0, true)),
    uint64: number((view) => view.getBigUint64(0, true)),
    float32: number((view) => view.getFloat32(0, true)),
    float64: number((view) => view.getFloat64(0, true)),
  };
}

import { VitrineError } from '../../../numeric/errors.ts';
import type { ByteReader } from '../byteReader.ts';

/** Of what kind one element is, such as `float32`, `uint8`, `string` or, by name, what is not read; and its bytes. */
export interface Datatype {
  readonly kind: string;
  readonly size: number;
}

const classes: Readonly<Record<number, (file: ByteReader, at: number, size: number) => string>> = {
  0: (file, at, size) => ordered(file, at, `${file.uint8(at + 1) & 8 ? 'int' : 'uint'}${8 * size}`),
  1: (file, at, size) => ordered(file, at, floatOf(file, at, size)),
  3: () => 'string',
  5: (_, __, size) => `opaque${8 * size}`,
  6: () => 'compound',
  // Of true and false, as numpy's bool is stored: the numbers under the names.
  8: (file, at) => readDatatype(file, at + 8).kind,
  9: (file, at) => ((file.uint8(at + 1) & 15) === 1 ? 'variable string' : 'variable list'),
  10: () => 'array',
};

/** Reads a datatype message. */
export function readDatatype(file: ByteReader, at: number): Datatype {
  const [header, size] = [file.uint8(at), file.uint32(at + 4)];
  if (size === 0) throw new VitrineError('bad-file', 'a datatype has elements of no bytes');
  const kind = classes[header & 15]?.(file, at, size) ?? `class ${header & 15}`;
  return { kind, size };
}

function ordered(file: ByteReader, at: number, kind: string): string {
  return file.uint8(at + 1) & 1 ? `big-endian ${kind}` : kind;
}

// Both float16 and bfloat16 have two bytes: the size of the exponent tells them apart.
function floatOf(file: ByteReader, at: number, size: number): string {
  const exponent = file.uint8(at + 13);
  const usual: Readonly<Record<number, number>> = { 2: 5, 4: 8, 8: 11 };
  if (exponent === usual[size]) return `float${8 * size}`;
  return size === 2 && exponent === 8 ? 'bfloat16' : `float of ${size} bytes with an exponent of ${exponent} bits`;
}

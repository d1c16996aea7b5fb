import type { Bytes } from './bytes/bytes.ts';
import { describe } from './check.ts';
import { VitrineError } from './errors.ts';

/** The types that states are made of. */
type Packed = Float32Array | Float64Array | Uint32Array;

interface Types {
  readonly Float32Array: typeof Float32Array;
  readonly Float64Array: typeof Float64Array;
  readonly Uint32Array: typeof Uint32Array;
}

const types: Types = { Float32Array, Float64Array, Uint32Array };

interface Entry {
  readonly name: string;
  readonly type: keyof Types;
  readonly length: number;
}

const magic = 0x76697472;
const alignment = 8;

/** Arrays in one block of bytes: a mark, the length of a table as JSON, the table, the arrays. */
export function packArrays(kind: string, arrays: Readonly<Record<string, Packed>>): Bytes {
  const entries = Object.entries(arrays).map(
    ([name, array]): Entry => ({ name, type: typeOf(array), length: array.length }),
  );
  const table = new TextEncoder().encode(JSON.stringify({ kind, entries }));
  const start = aligned(8 + table.length);
  const size = Object.values(arrays).reduce((sum, { byteLength }) => sum + aligned(byteLength), start);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, magic);
  new DataView(bytes.buffer).setUint32(4, table.length);
  bytes.set(table, 8);
  let offset = start;
  for (const { buffer, byteOffset, byteLength } of Object.values(arrays)) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += aligned(byteLength);
  }
  return bytes;
}

/**
 * The arrays that {@link packArrays} wrote as a certain kind. Bytes come from files and may be damaged: no more is made
 * room for than there are.
 *
 * @throws {VitrineError} if these are no bytes, or if they are others than were written.
 */
export function unpackArrays(kind: string, bytes: Uint8Array): PackedArrays {
  if (!(bytes instanceof Uint8Array))
    throw new VitrineError('bad-argument', `"bytes" expected a Uint8Array, got ${describe(bytes)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0) !== magic) throw refused(`${kind} that was encoded`, 'other bytes');
  const end = 8 + view.getUint32(4);
  assertEnd(bytes, end);
  let offset = aligned(end);
  return new Map(
    entriesOf(kind, bytes.subarray(8, end)).map(({ name, type, length }) => {
      const start = offset;
      const byteLength = length * types[type].BYTES_PER_ELEMENT;
      offset += aligned(byteLength);
      assertEnd(bytes, offset);
      // A copy whatever kind of array it is: the slice of a Buffer is a view of something larger.
      return [name, new types[type](new Uint8Array(bytes.subarray(start, start + byteLength)).buffer)];
    }),
  );
}

/** Arrays by their names. */
export type PackedArrays = ReadonlyMap<string, Packed>;

/** One of the arrays, which must be there as it was written: of this type and, where that is known, length. */
export function unpacked<T extends keyof Types>(
  arrays: PackedArrays,
  name: string,
  { type, length }: { readonly type: T; readonly length?: number },
): InstanceType<Types[T]> {
  const array = arrays.get(name);
  const got = array ? `${typeOf(array)} of ${array.length}` : 'none';
  if (!(array instanceof types[type]) || (length !== undefined && array.length !== length)) {
    throw refused(`"${name}" as ${type}${length === undefined ? '' : ` of ${length}`}`, got);
  }
  const wrong = array.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw refused(`finite numbers in "${name}"`, String(array[wrong]));
  return array as InstanceType<Types[T]>;
}

/** Refuses what cannot have been counted, or be so many. */
export function assertCounted(name: string, count: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(count) && count >= 0 && count <= most) return;
  throw refused(`counts of 0 to ${most} in "${name}"`, String(count));
}

function assertEnd({ length }: Uint8Array, end: number): void {
  if (length < end) throw refused(`at least ${end} bytes`, `${length}: the end is missing`);
}

function entriesOf(kind: string, bytes: Uint8Array): readonly Entry[] {
  const table = tableOf(bytes);
  if (table?.kind !== kind) throw refused(kind, typeof table?.kind === 'string' ? table.kind : describe(table?.kind));
  if (Array.isArray(table.entries) && table.entries.every(isEntry)) return table.entries;
  throw refused('a table of names, types and lengths', 'a damaged one');
}

function tableOf(bytes: Uint8Array): { readonly kind?: unknown; readonly entries?: unknown } | null {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw refused('a table as JSON', 'a damaged one');
  }
}

function isEntry(value: unknown): value is Entry {
  const { name, type, length } = Object(value) as Partial<Entry>;
  return (
    typeof name === 'string' && Object.hasOwn(types, String(type)) && Number.isInteger(length) && Number(length) >= 0
  );
}

function typeOf(array: Packed): keyof Types {
  return array.constructor.name as keyof Types;
}

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

function refused(expected: string, got: string): VitrineError {
  return new VitrineError('bad-argument', `"bytes" expected ${expected}, got ${got}`);
}

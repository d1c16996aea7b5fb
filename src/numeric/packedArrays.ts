/** The types that states are made of. */
type Packed = Float32Array | Float64Array | Uint32Array;

const types = { Float32Array, Float64Array, Uint32Array };

interface Entry {
  readonly name: string;
  readonly type: keyof typeof types;
  readonly length: number;
}

const magic = 0x76697472;
const alignment = 8;

/** Arrays in one block of bytes: a mark, the length of a table as JSON, the table, the arrays. */
export function packArrays(kind: string, arrays: Readonly<Record<string, Packed>>): Uint8Array {
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

/** The arrays that {@link packArrays} wrote as a certain kind. */
export function unpackArrays(kind: string, bytes: Uint8Array): Record<string, Packed> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0) !== magic) throw refused(`${kind} that was encoded`, 'other bytes');
  const end = 8 + view.getUint32(4);
  if (bytes.length < end) throw refused(`at least ${end} bytes`, `${bytes.length}: the end is missing`);
  const table = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as { kind: string; entries: Entry[] };
  if (table.kind !== kind) throw refused(kind, table.kind);
  const arrays: Record<string, Packed> = {};
  let offset = aligned(end);
  for (const { name, type, length } of table.entries) {
    const byteLength = length * types[type].BYTES_PER_ELEMENT;
    if (bytes.length < offset + aligned(byteLength)) {
      throw refused(`at least ${offset + aligned(byteLength)} bytes`, `${bytes.length}: the end is missing`);
    }
    // A copy whatever kind of array it is: the slice of a Buffer is a view of something larger.
    arrays[name] = new types[type](new Uint8Array(bytes.subarray(offset, offset + byteLength)).buffer);
    offset += aligned(byteLength);
  }
  return arrays;
}

function typeOf(array: Packed): keyof typeof types {
  return array.constructor.name as keyof typeof types;
}

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

function refused(expected: string, got: string): RangeError {
  return new RangeError(`"bytes" expected ${expected}, got ${got}`);
}

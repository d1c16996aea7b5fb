import { crc32 } from '../../src/numeric/bytes/crc32.ts';

/** Writes a zip of stored files, whose checksums are right. */
export function zipped(files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  for (const [path, content] of Object.entries(files)) {
    const name = new TextEncoder().encode(path);
    const place = sizeOf(parts);
    // Version, flags, method, time and date; checksum and both sizes; lengths of the name and of an extra field.
    const common = [
      halves(20, 0, 0, 0, 0),
      words(crc32(content), content.length, content.length),
      halves(name.length, 0),
    ];
    parts.push(words(0x04034b50), ...common, name, content);
    // The version that wrote it; lengths of a comment, disk and attributes; then the place.
    directory.push(words(0x02014b50), halves(20), ...common, halves(0, 0, 0), words(0, place), name);
  }
  const count = Object.keys(files).length;
  const end = [words(0x06054b50), halves(0, 0, count, count), words(sizeOf(directory), sizeOf(parts)), halves(0)];
  return joined([...parts, ...directory, ...end]);
}

function halves(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value, value >>> 8]));
}

function words(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value, value >>> 8, value >>> 16, value >>> 24]));
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(sizeOf(parts));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

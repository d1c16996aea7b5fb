import { describe, expect, test } from 'vitest';
import { isZip, openZip } from '../../../src/network/loading/zip.ts';
import { crc32 } from '../../../src/numeric/bytes/crc32.ts';
import { readFixture } from '../../support/fixtures.ts';
import { zipped } from '../../support/zipped.ts';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const fixture = (name: string): Promise<Uint8Array> => readFixture(`files/${name}`);

/** A copy with a little-endian number of two or four bytes written over what is there. */
function patched(file: Uint8Array, at: number, [value, size]: readonly [number, 2 | 4]): Uint8Array {
  const copy = new Uint8Array(file);
  const view = new DataView(copy.buffer);
  if (size === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

/** Where the directory of a zip, or the end of it, begins. */
function find(file: Uint8Array, signature: readonly number[]): number {
  return file.findLastIndex((_, at) => signature.every((byte, i) => file[at + i] === byte));
}
const directory = [0x50, 0x4b, 1, 2];
const end = [0x50, 0x4b, 5, 6];

async function failure(file: Uint8Array, path?: string): Promise<string> {
  const read = async (): Promise<unknown> => (await openZip(file, 'a.zip')).get(path as string)?.();
  return read().then(
    () => 'read',
    (error: Error) => error.message,
  );
}

test('crc32: the check value of the standard, in one and in parts', () => {
  expect(crc32(bytes('123456789'))).toBe(0xcbf43926);
  expect(crc32(bytes('6789'), crc32(bytes('12345')))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});

describe('openZip(file, name)', () => {
  test('stored and deflated files as Python writes them, in folders; a comment with a signature', async () => {
    const zip = await openZip(await fixture('python.zip'), 'python.zip');
    expect([...zip.keys()]).toEqual(['stored.txt', 'folder/deflated.txt']);
    expect(text(await zip.get('stored.txt')?.())).toBe('as it is');
    expect(text(await zip.get('folder/deflated.txt')?.())).toBe('again and '.repeat(100));
  });

  test('sizes that follow the data', async () => {
    const zip = await openZip(await fixture('streamed.zip'), 'streamed.zip');
    expect(text(await zip.get('streamed.txt')?.())).toBe('one after the other '.repeat(20));
  });

  test('stored files are views, wherever the zip begins in its buffer', async () => {
    const file = zipped({ 'a.bin': Uint8Array.of(1, 2, 3) });
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    const view = shifted.subarray(3);
    const content = await (await openZip(view, 'a.zip')).get('a.bin')?.();
    expect(content).toEqual(Uint8Array.of(1, 2, 3));
    expect(content?.buffer).toBe(shifted.buffer);
  });

  test('one name twice', async () => {
    expect(await failure(await fixture('twice.zip'))).toBe('"a.zip" cannot be read as zip: it holds "a.txt" twice');
  });

  test('a zip that is cut, anywhere', async () => {
    const file = await fixture('streamed.zip');
    for (let length = 0; length < file.length; length++) {
      expect(await failure(file.subarray(0, length), 'streamed.txt')).toMatch(
        /^"a\.zip" cannot be read as zip: it has no/,
      );
    }
  });

  test('zip64, encryption and other methods are refused by name', async () => {
    const file = zipped({ 'a.txt': bytes('content') });
    const [entry, last] = [find(file, directory), find(file, end)];
    expect(await failure(patched(file, last + 10, [0xffff, 2]))).toMatch(/zip64 is not read/);
    expect(await failure(patched(file, last + 16, [0xffffffff, 4]))).toMatch(/zip64 is not read/);
    expect(await failure(patched(file, entry + 8, [1, 2]), 'a.txt')).toBe(
      '"a.zip/a.txt" cannot be read as zip: it is encrypted',
    );
    expect(await failure(patched(file, entry + 10, [12, 2]), 'a.txt')).toMatch(
      /compressed by method 12, expected 0 or 8/,
    );
  });

  test('damaged content', async () => {
    const file = await fixture('streamed.zip');
    // Where the data begin.
    expect(await failure(patched(file, 42, [0xffff, 2]), 'streamed.txt')).toMatch(
      /^"a\.zip\/streamed\.txt" cannot be read/,
    );
    const entry = find(file, directory);
    expect(await failure(patched(file, entry + 16, [1, 4]), 'streamed.txt')).toBe(
      '"a.zip/streamed.txt" cannot be read as zip: it is damaged: its checksum differs',
    );
  });

  test('sizes that are not those of the content', async () => {
    const file = await fixture('streamed.zip');
    const entry = find(file, directory);
    expect(await failure(patched(file, entry + 24, [399, 4]), 'streamed.txt')).toMatch(/grows beyond the 399 bytes/);
    expect(await failure(patched(file, entry + 24, [401, 4]), 'streamed.txt')).toMatch(/expected 401 bytes, got 400/);
    expect(await failure(patched(file, entry + 20, [20, 4]), 'streamed.txt')).toMatch(
      /^"a\.zip\/streamed\.txt" cannot/,
    );
    expect(await failure(patched(file, entry + 24, [2 ** 31, 4]))).toMatch(/would grow to 2147483648 bytes/);
    expect(await failure(patched(file, entry + 20, [2 ** 31, 4]))).toMatch(/its files overlap/);
    expect(await failure(patched(file, entry + 42, [2 ** 31, 4]), 'streamed.txt')).toMatch(
      /points to .* but ends at 164/,
    );
  });
});

test.each<[string, readonly number[], boolean]>([
  ['with a file', [0x50, 0x4b, 3, 4], true],
  ['that is empty', [0x50, 0x4b, 5, 6], true],
  ['of neither', [0x50, 0x4b, 5, 4], false],
  ['of neither, the other way round', [0x50, 0x4b, 3, 6], false],
  ['of other letters', [0x50, 0x4c, 3, 4], false],
])('isZip(file) knows the beginning of one %s', (_, bytes, expected) => {
  expect(isZip(Uint8Array.from(bytes))).toBe(expected);
});

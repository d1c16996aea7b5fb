import { describe, expect, test } from 'vitest';
import { readHdf5 } from '../../../src/network/loading/hdf5/readHdf5.ts';
import type { StoredArray, StoredGroup } from '../../../src/network/loading/storedModel.ts';
import { readFixture } from '../../support/fixtures.ts';

const read = async (name: string): Promise<StoredGroup> =>
  readHdf5(await readFixture(`files/${name}.h5`), `${name}.h5`);

async function valuesOf(array: StoredArray | undefined): Promise<{ dtype: string; shape: number[]; values: number[] }> {
  const tensor = (array as StoredArray).tensor();
  const { dtype, shape } = tensor;
  const values = [...(await tensor.data())];
  tensor.dispose();
  return { dtype, shape, values };
}

// As test/fixtures/files/make.py writes them.
const numbers = [-2, 0, 1, 3, 100, 7];
const signed = {
  float64: 'float32',
  float32: 'float32',
  float16: 'float32',
  int8: 'int32',
  int16: 'int32',
  int32: 'int32',
  int64: 'int32',
};
const unsigned = ['uint8', 'uint16', 'uint32', 'uint64'];

describe('readHdf5(file, name): arrays as h5py writes them', () => {
  test.each(Object.entries(signed))('%s becomes %s', async (kind, dtype) => {
    const { arrays } = await read('kinds');
    expect(arrays.get(kind)).toMatchObject({ name: kind, shape: [2, 3] });
    expect(await valuesOf(arrays.get(kind))).toEqual({ dtype, shape: [2, 3], values: numbers });
  });

  test.each(unsigned)('%s', async (kind) => {
    const { arrays } = await read('kinds');
    const values = numbers.map(Math.abs);
    expect(await valuesOf(arrays.get(kind))).toEqual({ dtype: 'int32', shape: [2, 3], values });
  });

  test('bool, bfloat16, a scalar, an empty and a compact array, the edges of float16', async () => {
    const { arrays } = await read('kinds');
    const all = async (name: string): Promise<unknown> => (await valuesOf(arrays.get(name))).values;
    expect(await all('bool')).toEqual([1, 0, 1]);
    expect(await all('bfloat16')).toEqual(numbers);
    expect(await valuesOf(arrays.get('scalar'))).toEqual({ dtype: 'float32', shape: [], values: [0.5] });
    expect(await valuesOf(arrays.get('empty'))).toEqual({ dtype: 'float32', shape: [0, 3], values: [] });
    expect(await all('compact')).toEqual([1, 2, 3]);
    expect(await all('halves')).toEqual([2 ** -24, 65504, -0.333251953125]);
  });

  test('a whole number that a tensor cannot hold', async () => {
    const { arrays } = await read('kinds');
    expect(() => arrays.get('beyond')?.tensor()).toThrow(
      'expected whole numbers of 32 bits with a sign, got 1099511627776',
    );
  });

  test('the file within a larger buffer, at an odd address, stays untouched', async () => {
    const file = await readFixture('files/kinds.h5');
    const shifted = new Uint8Array(file.length + 5);
    shifted.set(file, 5);
    const { arrays } = readHdf5(shifted.subarray(5), 'kinds.h5');
    const tensor = (arrays.get('float32') as StoredArray).tensor();
    shifted.fill(0);
    expect([...(await tensor.data())]).toEqual(numbers);
    tensor.dispose();
  });
});

describe('readHdf5(file, name): groups and attributes', () => {
  test('groups in groups, an object header in several blocks', async () => {
    const root = await read('groups');
    const vars = root.groups.get('outer')?.groups.get('inner')?.groups.get('vars');
    expect(vars?.path).toBe('outer/inner/vars');
    expect([...(vars?.attributes ?? [])]).toEqual(
      Array.from({ length: 12 }, (_, i) => [`note${i}`, `${'x'.repeat(40)}${i}`]),
    );
    expect(await valuesOf(vars?.arrays.get('0'))).toMatchObject({ shape: [4], values: [0, 1, 2, 3] });
  });

  test('a B-tree of two levels; an array that many names share', async () => {
    const { arrays } = (await read('groups')).groups.get('many') as StoredGroup;
    expect([...arrays.keys()]).toEqual(Array.from({ length: 300 }, (_, i) => `n${String(i).padStart(3, '0')}`));
    expect(await valuesOf(arrays.get('n299'))).toMatchObject({ values: [0, 1, 2, 3] });
  });

  test('texts of fixed and variable length, lists, numbers; what is neither is left out', async () => {
    const { attributes } = await read('groups');
    expect(Object.fromEntries(attributes)).toEqual({
      text: 'größer',
      fixed: 'ascii',
      names: ['a', 'long/name:0'],
      words: ['ä', '', 'longer than eight bytes'],
      count: 3,
      shares: [0.5, -1.5],
      none: [],
      nothing: [],
    });
  });
});

describe('readHdf5(file, name): what is not read is refused by name', () => {
  test.each([
    ['chunked', 'array "x" is stored in chunks (compressed?), which are not read: write it in one piece'],
    ['bigEndian', /array "x" expected numbers \(float32, .*\), got big-endian float32/],
    ['compound', /array "x" expected numbers .*, got compound/],
    ['words', /array "x" expected numbers .*, got variable string/],
    ['softLink', '"x" is a soft link, which is not followed'],
    ['loop', 'group "a/b/a" holds itself'],
    ['committed', '"x" expected a group with a symbol table or an array in the file'],
    ['external', '"x" expected a group with a symbol table or an array in the file'],
    ['latest', "superblock 3 is not read: write it without h5py's libver='latest'"],
    ['ordered', "object headers of version 2 are not read: write it without h5py's libver='latest' or track_order"],
  ])('%s.h5', async (name, reason) => {
    const message = await read(name).then(
      () => 'read',
      (error: Error) => error.message,
    );
    expect(message).toMatch(reason);
    expect(message.startsWith(`"${name}.h5" cannot be read as HDF5: `)).toBe(true);
  });

  test('a file that is cut, anywhere', async () => {
    const file = await readFixture('files/words.h5');
    for (let length = 0; length < file.length; length += 17) {
      expect(() => readHdf5(file.subarray(0, length), 'cut.h5')).toThrow(
        /^"cut\.h5" cannot be read as HDF5: it (is cut|points|does)/,
      );
    }
  });

  test('structures that overlap are told from a large file', async () => {
    const file = new Uint8Array(await readFixture('files/kinds.h5'));
    const view = new DataView(file.buffer);
    // Layout messages of contiguous arrays: version 3, class 1, address, size. All are given the whole file.
    let changed = 0;
    for (let at = 0; at + 24 < file.length; at += 8) {
      if (view.getUint16(at, true) !== 8 || view.getUint16(at + 8, true) !== 0x0103) continue;
      view.setBigUint64(at + 10, 0n, true);
      view.setBigUint64(at + 18, BigInt(file.length), true);
      changed++;
    }
    expect(changed).toBeGreaterThan(10);
    expect(() => readHdf5(file, 'a.h5')).toThrow('"a.h5" cannot be read as HDF5: its parts overlap');
  });
});

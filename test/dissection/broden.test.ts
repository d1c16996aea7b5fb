import { encode } from 'fast-png';
import { beforeEach, expect, test } from 'vitest';
import { type BrodenOptions, brodenDataset } from '../../src/dissection/broden/brodenDataset.ts';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import { encodePng } from '../../src/image/files/encodePng.ts';
import { picture } from '../../src/image/picture.ts';
import { toInput } from '../../src/image/toInput.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { brodenFiles, plane, table } from '../support/brodenFiles.ts';

let files = new Map<string, Uint8Array>();
let asked: string[] = [];

beforeEach(() => {
  files = brodenFiles();
  asked = [];
});

async function read(name: string): Promise<Uint8Array> {
  asked.push(name);
  const file = files.get(name);
  if (!file) throw new Error('no such file');
  return file;
}

/** Replaces text in a table. */
function edit(name: string, before: string, after: string): void {
  const text = new TextDecoder().decode(files.get(name));
  expect(text).toContain(before);
  files.set(name, new TextEncoder().encode(text.replaceAll(before, after)));
}

const input = { range: [0, 1] } as const;

async function opened(options: Partial<BrodenOptions> = {}): Promise<readonly LabelledImage[]> {
  return all((await brodenDataset(read, { input, ...options })).dataset());
}

async function all<T>(reading: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of reading) items.push(item);
  return items;
}

const names = (images: readonly LabelledImage[]): readonly (string | undefined)[] => images.map(({ name }) => name);

test('concepts: the category that covers most, the later of equals, without 0', async () => {
  const { concepts, categories, size, count } = await brodenDataset(read, { input });
  expect(concepts.map(({ number, name, category }) => [number, name, category])).toEqual([
    [1, 'black-c', 'color'],
    [2, 'red-c', 'color'],
    [3, 'sky', 'object'],
    [4, 'head', 'part'],
    [5, 'door', 'part'],
    [6, 'street-s', 'scene'],
    [7, 'striped', 'texture'],
    [8, 'dotted', 'texture'],
    [9, 'wood', 'material'],
    [10, 'mirror', 'material'],
    [300, 'tower', 'object'],
  ]);
  expect(categories).toEqual(['color', 'object', 'part', 'material', 'scene', 'texture']);
  expect([size, count]).toEqual([[8, 8], 5]);
});

test('labels: several planes and numbers mixed in one cell, numbers above 255, without 0', async () => {
  const images = await opened();
  expect(names(images)).toEqual(['set/a.png', 'set/b.png', 'set/c.png', 'set/d.png', 'set/e.png']);
  const [a, b, c, d, e] = images as [LabelledImage, LabelledImage, LabelledImage, LabelledImage, LabelledImage];
  expect(a.planes.shape).toEqual([5, 8, 8]);
  // Color, object, part 1, part 2, material: what is at the top and at the bottom.
  const pairs = Array.from({ length: 5 }, (_, i) => [a.planes.data[i * 64], a.planes.data[i * 64 + 63]]);
  expect(pairs).toEqual([
    [1, 2],
    [3, 300],
    [0, 4],
    [0, 5],
    [3, 9],
  ]);
  expect(a.planes.data.filter((number) => number === 300).length).toBe(32);
  expect([a, b, c, d, e].map(({ scalars }) => scalars)).toEqual([[10, 6, 7, 8], [], [8], [], []]);
  expect(d.planes.data.indexOf(4)).toBe(64 + 2 * 8 + 5);
  expect(e.planes).toEqual({ shape: [1, 8, 8], data: new Uint16Array(64) });
});

test('images: as the model takes them, stretched where they are not of its shape', async () => {
  const wide = picture(20, 10);
  wide.data.fill(255, 0, 400);
  files.set('images/set/b.png', encodePng(wide));
  const [a, b] = await opened({ input: { size: 8, mean: 127, std: 128 } });
  const expected = toInput(await decodeImage(files.get('images/set/a.png') as Uint8Array), {
    size: 8,
    mean: 127,
    std: 128,
  });
  expect(a?.image).toEqual(expected);
  expect(b?.image).toEqual(toInput(wide, { size: 8, mean: 127, std: 128, fit: 'stretch' }));
});

test('categories, split, limit', async () => {
  const scenes = await brodenDataset(read, { input, categories: ['scene', 'object'] });
  expect(scenes.categories).toEqual(['object', 'scene']);
  expect(scenes.concepts.map(({ name, category }) => `${name} ${category}`)).toEqual([
    'sky object',
    'head object',
    'street-s scene',
    'mirror object',
    'tower object',
  ]);
  // A 0 is an entry: the image was looked at, and what it shows is too rare to count.
  const images = await all(scenes.dataset());
  expect(names(images)).toEqual(['set/a.png', 'set/b.png', 'set/d.png']);
  expect(images.map(({ planes, scalars }) => [planes.shape[0], scalars])).toEqual([
    [1, [6]],
    [1, []],
    [1, []],
  ]);
  expect(names(await opened({ split: 'val' }))).toEqual(['set/b.png', 'set/e.png']);
  expect(names(await opened({ split: 'train', limit: 2 }))).toEqual(['set/a.png', 'set/c.png']);
  expect(names(await opened({ split: 'train', limit: 2, shard: [1, 2] }))).toEqual(['set/c.png']);
  expect(names(await opened({ split: 'train', limit: 2, shard: [2, 3] }))).toEqual([]);
});

test('dataset: can be read again, and reads a few images ahead', async () => {
  const { dataset } = await brodenDataset(read, { input, prefetch: 1 });
  const first = await all(dataset());
  expect(await all(dataset())).toEqual(first);
  asked = [];
  for await (const { name } of dataset()) {
    if (name === 'set/b.png') break;
  }
  expect(asked).toContain('images/set/c.png');
  expect(asked).not.toContain('images/set/d.png');
});

// What is done to the files of the third image, and what is said of it.
const faults: readonly (readonly [damage: string, damaging: () => void, message: string])[] = [
  ['image missing', () => files.delete('images/set/c.png'), '"images/set/c.png" cannot be read: no such file'],
  [
    'image corrupt',
    () => files.set('images/set/c.png', (files.get('images/set/c.png') as Uint8Array).slice(0, 60)),
    '"images/set/c.png" cannot be read: "bytes" expected an intact picture, got a PNG file',
  ],
  [
    'plane corrupt',
    () => files.set('images/set/c_color.png', new Uint8Array(100)),
    '"images/set/c_color.png" cannot be read: "bytes" expected a PNG or JPEG file',
  ],
  [
    'plane of another size',
    () =>
      files.set(
        'images/set/c_color.png',
        plane(() => 1, 9),
      ),
    '"images/set/c_color.png" cannot be read: expected 8×8 labels, got 9×9',
  ],
  [
    'unknown label in a plane',
    () =>
      files.set(
        'images/set/c_color.png',
        plane((row) => (row === 7 ? 301 : 0)),
      ),
    '"images/set/c_color.png" expected numbers of label.csv that a category covers, or 0, got 301',
  ],
  [
    'grey plane',
    () => files.set('images/set/c_color.png', encodePng(picture(8, 8, new Uint8ClampedArray(256).fill(1)))),
    '"images/set/c_color.png" cannot be read: expected labels as red + 256 · green, got blue 1',
  ],
  [
    'JPEG plane',
    () => files.set('images/set/c_color.png', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)),
    '"images/set/c_color.png" cannot be read: expected labels in a PNG file, got a JPEG file',
  ],
  [
    'plane of 16 bits',
    () => {
      const data = new Uint16Array(8 * 8 * 3).fill(1);
      files.set('images/set/c_color.png', encode({ width: 8, height: 8, channels: 3, depth: 16, data }));
    },
    '"images/set/c_color.png" cannot be read: expected labels in 8 bits, got 16',
  ],
  [
    'unknown label of the whole image',
    () => edit('index.csv', '8,set/c_color', '11,set/c_color'),
    '"index.csv" expected numbers of label.csv that a category covers, or 0, got 11',
  ],
  [
    'labels of another size',
    () => edit('index.csv', 'set/c.png,16,16,8,8', 'set/c.png,16,16,8,9'),
    '"index.csv" expected 8×8 labels as in the first row, got 8×9',
  ],
];

for (const [damage, damaging, message] of faults) {
  test(`fault: ${damage}`, async () => {
    damaging();
    await expect(opened()).rejects.toThrow(`image 2 (set/c.png): ${message}`);
    const told: string[] = [];
    const { dataset } = await brodenDataset(read, { input, onFault: (fault) => told.push(fault.message) });
    const overlapping = await Promise.all([all(dataset()), all(dataset())]);
    const readings = [...overlapping, await all(dataset())];
    for (const images of readings) expect(names(images)).toEqual(['set/a.png', 'set/b.png', 'set/d.png', 'set/e.png']);
    expect(told).toEqual([expect.stringContaining(message)]);
  });
}

test('fault: an image that comes back stays out, one that goes away rejects', async () => {
  const file = files.get('images/set/c.png') as Uint8Array;
  files.delete('images/set/c.png');
  const { dataset } = await brodenDataset(read, { input, onFault: () => {} });
  expect((await all(dataset())).length).toBe(4);
  files.set('images/set/c.png', file);
  expect((await all(dataset())).length).toBe(4);
  files.delete('images/set/d.png');
  await expect(all(dataset())).rejects.toThrow('image 3 (set/d.png): "images/set/d.png" cannot be read: no such file');
});

test('tables: what is missing is named, with what is near', async () => {
  edit('index.csv', 'texture', 'textures');
  await expect(brodenDataset(read, { input })).rejects.toThrow(
    '"index.csv" expected a column "texture", got none; the nearest are textures',
  );
  files = brodenFiles();
  edit('index.csv', 'val,set/b.png,16,', 'val,set/b.png,');
  await expect(brodenDataset(read, { input })).rejects.toThrow('"index.csv" expected 12 cells in row 2, got 11');
  files = brodenFiles();
  edit('c_part.csv', '2,5,door,1,0.5', '2,5,door,1,none');
  await expect(brodenDataset(read, { input })).rejects.toThrow(
    '"c_part.csv" expected numbers in column "coverage", got "none"',
  );
  files.delete('c_part.csv');
  await expect(brodenDataset(read, { input })).rejects.toThrow('"c_part.csv" cannot be read: no such file');
  files.set('category.csv', table('name\ncolour'));
  await expect(brodenDataset(read, { input, categories: ['color'] })).rejects.toThrow(
    '"categories" expected one of colour, got "color"',
  );
});

test('options: what is no fault of an image is no fault', async () => {
  const refused = async (options: object, message: string): Promise<void> =>
    expect(brodenDataset(read, { input, onFault: () => {}, ...options })).rejects.toThrow(message);
  await refused({ categories: ['objekt'] }, '"categories" expected one of object,');
  await refused({ categories: [] }, '"categories" expected a list with elements, got []');
  await refused({ split: 'test' }, '"split" expected one of');
  await refused({ limit: 0 }, '"limit" expected an integer');
  await refused({ shard: [2, 2] }, '"shard[0]" expected an integer in 0..1, got 2');
  await refused({ prefetch: -1 }, '"prefetch" expected an integer');
  await refused({ input: { mean: 0, std: 0 } }, '"std" expected numbers other than 0');
  await refused({ input: { size: 8 } }, '"preprocessing" expected a preset');
  await expect(brodenDataset(read, undefined as never)).rejects.toThrow('"input" expected an object, got undefined');
  await refused({ split: 'val', categories: ['texture'] }, '"index.csv" expected images of these categories');
});

test('the labels of a set add up to the areas in its tables', async () => {
  const { concepts, categories, dataset, count } = await brodenDataset(read, { input });
  const labelled = async function* () {
    for await (const { image, ...labels } of dataset()) {
      const { shape, data } = image as NdArray;
      yield { ...labels, activations: { shape: shape.slice(1), data } };
    }
  };
  const { truth } = await dissectActivations(labelled, { concepts, categories, imageCount: count });
  const areas = Object.fromEntries(concepts.map(({ name }, i) => [name, truth[i]]));
  // Sky is object and material at the same pixels of one image, and counts once.
  expect(areas).toMatchObject({
    sky: 32,
    tower: 32,
    head: 33,
    'street-s': 64,
    dotted: 128,
    mirror: 64,
    'black-c': 128,
  });
});

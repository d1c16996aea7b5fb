import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { type NdArray, rowOf } from '../../src/numeric/ndarray.ts';
import { forEachImage } from '../../src/readings/forEachImage.ts';
import type { ImageSource } from '../../src/readings/imageSource.ts';
import { chain, conv, free, inputsOf, randomized } from '../oracle/building.ts';
import { pictureAndWords } from '../support/severalInputs.ts';

const model = randomized(
  chain(
    [6, 7, 2],
    conv({ name: 'first', filters: 3, activation: 'relu' }),
    conv({ name: 'second', filters: 4 }),
    l.flatten(),
    l.dense({ units: 2, name: 'head' }),
  ),
);
const [x] = inputsOf(model, 5) as [NdArray];
const layers = ['second', 'head'] as const;
let expected: Readonly<Record<string, NdArray>>;
beforeAll(async () => {
  expected = await activations(model, x, layers);
});
afterAll(() => free(model));

/** What visits are handed of a source, joined. */
async function read(
  source: ImageSource,
  options: { readonly batchSize?: number; readonly signal?: AbortSignal } = {},
): Promise<{ count: number; values: Record<(typeof layers)[number], number[]>; images: number[] }> {
  const values = { second: [] as number[], head: [] as number[] };
  const images: number[] = [];
  const count = await forEachImage(model, source, {
    ...options,
    layers,
    visit: ({ second, head }, image) => {
      expect(second.shape).toEqual([2, 3, 4]);
      expect(head.shape).toEqual([2]);
      values.second.push(...second.data);
      values.head.push(...head.data);
      images.push(image);
    },
  });
  return { count, values, images };
}

const one = (image: number): NdArray => ({ shape: [6, 7, 2], data: rowOf(x, image).slice() });
const singles = [0, 1, 2, 3, 4].map(one);
const some = (from: number, to: number): NdArray => ({
  shape: [to - from, 6, 7, 2],
  data: x.data.slice(from * 84, to * 84),
});

const sources: Readonly<Record<string, () => ImageSource>> = {
  'a batch as an array': () => x,
  'a batch as a tensor': () => tf.tensor(x.data, [5, 6, 7, 2]),
  'a list of examples': () => singles,
  'a list of batches of different lengths': () => [some(0, 1), some(1, 4), some(4, 5)],
  'a list of tensors': () => singles.map(({ shape, data }) => tf.tensor(data, [...shape])),
  'a set': () => new Set(singles),
  'a function to a list': () => () => singles,
  'a generator': () =>
    function* () {
      yield* singles;
    },
  'an async generator': () =>
    async function* () {
      yield some(0, 3);
      yield some(3, 5);
    },
  'an async iterable': () => ({
    async *[Symbol.asyncIterator]() {
      yield* singles;
    },
  }),
  'images with labels': () => singles.map((image) => ({ image, planes: { shape: [1, 1, 1], data: Int32Array.of(0) } })),
  'a generator that makes each image in the same array': () =>
    function* () {
      const data = new Float32Array(84);
      for (const image of singles) {
        data.set(image.data);
        yield { shape: [6, 7, 2], data };
      }
    },
};

test.each(Object.keys(sources))('%s: every image once, in order, whatever the batches', async (name) => {
  for (const batchSize of [1, 2, 8]) {
    const source = (sources[name] as () => ImageSource)();
    const { count, values, images } = await read(source, { batchSize });
    expect(count).toBe(5);
    expect(images).toEqual([0, 1, 2, 3, 4]);
    for (const layer of layers) {
      const { data } = expected[layer] as NdArray;
      values[layer].forEach((value, i) => expect(value).toBeCloseTo(data[i] as number, 5));
      expect(values[layer]).toHaveLength(data.length);
    }
    for (const tensor of Array.isArray(source) ? source : [source]) if (tensor instanceof tf.Tensor) tensor.dispose();
  }
});

test("a batch is the caller's again as soon as there is a promise", async () => {
  const array = { shape: x.shape, data: x.data.slice() };
  const tensor = tf.tensor(x.data, [5, 6, 7, 2]);
  const reading = [read(array), read(tensor)];
  array.data.fill(7);
  tensor.dispose();
  const first = await read(x);
  for (const found of await Promise.all(reading)) expect(found).toEqual(first);
});

test('nothing is left behind, and what cannot be read more than once is refused', async () => {
  await read(x);
  const before = tf.memory().numTensors;
  await read(singles, { batchSize: 2 });
  expect(tf.memory().numTensors).toBe(before);
  const iterator = singles.values() as unknown as ImageSource;
  await expect(read(iterator)).rejects.toThrow('"images" expected examples that can be read more than once');
});

test.each<[string, unknown, string]>([
  ['no images', [], '"images" expected at least one image, got none'],
  ['null', null, '"images" expected an iterable or async iterable of examples, got null'],
  ['a number', 3, '"images" expected an iterable or async iterable of examples, got 3'],
  ['a promise', Promise.resolve([]), '"images" expected an iterable or async iterable'],
  ['a function to nothing', () => undefined, 'what "images" returns expected an iterable'],
  ['images of another size', [{ shape: [2, 2, 2], data: new Float32Array(8) }], '"images" expected shape'],
  ['a list of numbers', [1, 2], '"images" expected a tensor or {shape, data}, got 1'],
  ['NaN', [{ shape: [6, 7, 2], data: new Float32Array(84).fill(Number.NaN) }], '"images" expected finite numbers'],
])('%s: refused', async (_, source, message) => {
  await expect(read(source as ImageSource)).rejects.toThrow(message);
  await expect(read(source as ImageSource)).rejects.toThrow(VitrineError);
});

test.each<[object, string]>([
  [{ layers: 'second' }, '"layers" expected a list, got "second"'],
  [{ layers: [] }, '"layers" expected a list with elements'],
  [{ layers: ['secnd'] }, '"layers" expected the address of a layer, got "secnd"; near: second'],
  [{ visit: 3 }, '"visit" expected a function, got 3'],
  [{ layer: 'second' }, '"options" expected some of layers'],
  [{ batchSize: 0 }, '"batchSize" expected an integer'],
])('%o is refused', async (options, message) => {
  const call = forEachImage(model, x, { layers, visit: () => {}, ...options } as never);
  await expect(call).rejects.toThrow(message);
});

test('an abort between batches ends the reading with the reason', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const call = forEachImage(model, singles, {
    layers,
    batchSize: 1,
    signal: controller.signal,
    visit: (_, image) => {
      seen.push(image);
      if (image === 1) controller.abort(new Error('enough'));
    },
  });
  await expect(call).rejects.toThrow('enough');
  expect(seen).toEqual([0, 1]);
});

test('what a visit throws is what the call rejects with', async () => {
  const visit = (): void => {
    throw new RangeError('mine');
  };
  await expect(forEachImage(model, x, { layers, visit })).rejects.toThrow(new RangeError('mine'));
});

test('of a model with several inputs an item is a list', async () => {
  const two = pictureAndWords();
  const inputs = inputsOf(two, 3);
  const { gated } = await activations(two, inputs, ['gated']);
  const values: number[] = [];
  const visit = (own: { readonly gated: NdArray }): void => void values.push(...own.gated.data);
  expect(await forEachImage(two, [inputs], { layers: ['gated'], visit })).toBe(3);
  values.forEach((value, i) => expect(value).toBeCloseTo((gated as NdArray).data[i] as number, 5));
  expect(values).toHaveLength((gated as NdArray).data.length);
  free(two);
});

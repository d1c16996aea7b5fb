import { expect, test } from 'vitest';
import { type Dataset, iterate } from '../../src/readings/dataset.ts';

async function all<S>(dataset: Dataset<S>): Promise<S[]> {
  const examples: S[] = [];
  for await (const example of iterate(dataset)) examples.push(example);
  return examples;
}

function* counted(): Generator<number> {
  yield* [1, 2, 3];
}

async function* countedLater(): AsyncGenerator<number> {
  yield* [1, 2, 3];
}

const collections: Record<string, Dataset<number>> = {
  array: [1, 2, 3],
  'typed array': Uint8Array.of(1, 2, 3),
  Set: new Set([1, 2, 3]),
  iterable: { [Symbol.iterator]: counted },
  'async iterable': { [Symbol.asyncIterator]: countedLater },
  'function to array': () => [1, 2, 3],
  generator: counted,
  'async generator': countedLater,
};

test.each(Object.keys(collections))('iterate(%s): twice the same', async (name) => {
  const dataset = collections[name] as Dataset<number>;
  expect(await all(dataset)).toEqual([1, 2, 3]);
  expect(await all(dataset)).toEqual([1, 2, 3]);
});

test('iterate(dataset) left early closes the source', async () => {
  let closed = false;
  const source = function* (): Generator<number> {
    try {
      yield* [1, 2, 3];
    } finally {
      closed = true;
    }
  };
  for await (const example of iterate(source)) {
    expect(example).toBe(1);
    break;
  }
  expect(closed).toBe(true);
});

test('iterate(iterator) is refused: its second reading would be empty', () => {
  const message = '"dataset" expected examples that can be read more than once, got an iterator';
  expect(() => iterate(counted())).toThrow(message);
  expect(() => iterate(countedLater())).toThrow(message);
});

test('iterate(bad input)', () => {
  for (const value of [undefined, null, 3, 'text', {}]) {
    expect(() => iterate(value as unknown as number[])).toThrow('"dataset" expected an iterable or async iterable');
  }
  expect(() => iterate((async () => [1]) as unknown as () => number[])).toThrow(
    'what "dataset" returns expected an iterable or async iterable of examples, got a Promise: await it first',
  );
});

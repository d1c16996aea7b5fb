import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';

/**
 * Examples that can be read more than once: an array, any other collection, or a function that begins a new reading. An item
 * is copied when it is reached, so that the next one may be made in the same arrays.
 */
export type Dataset<S> = Iterable<S> | AsyncIterable<S> | (() => Iterable<S> | AsyncIterable<S>);

/**
 * One reading of a data set, from its beginning.
 *
 * @throws {VitrineError} if it is no data set, or an iterator, whose second reading would be empty without a word.
 */
export function iterate<S>(dataset: Dataset<S>, argument = 'dataset'): AsyncIterable<S> {
  assertDataset(argument, dataset);
  if (typeof dataset !== 'function') return begun(dataset);
  const examples = dataset();
  if (isIterable(examples)) return begun(examples);
  throw notIterable(`what "${argument}" returns`, examples);
}

/** How many examples a data set has: the length of an array; anything else is read. */
export async function exampleCount<S>(dataset: Dataset<S>, signal: AbortSignal | undefined): Promise<number> {
  if (Array.isArray(dataset)) return dataset.length;
  let count = 0;
  for await (const _ of iterate(dataset)) {
    signal?.throwIfAborted();
    count++;
  }
  return count;
}

/** Refuses what is no data set; of what a function returns the reading itself tells. */
export function assertDataset(argument: string, dataset: unknown): void {
  if (typeof dataset === 'function') return;
  if (!isIterable(dataset)) throw notIterable(`"${argument}"`, dataset);
  if (!('next' in dataset && typeof dataset.next === 'function')) return;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected examples that can be read more than once, got an iterator: pass a function that makes it`,
  );
}

function begun<S>(examples: Iterable<S> | AsyncIterable<S>): AsyncIterable<S> {
  return Symbol.asyncIterator in examples ? examples : stepped(examples);
}

async function* stepped<S>(examples: Iterable<S>): AsyncGenerator<S> {
  yield* examples;
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

function notIterable(subject: string, got: unknown): VitrineError {
  return new VitrineError(
    'bad-argument',
    `${subject} expected an iterable or async iterable of examples, got ${describe(got)}`,
  );
}

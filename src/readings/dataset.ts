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
export function iterate<S>(dataset: Dataset<S>): AsyncIterable<S> {
  if (typeof dataset === 'function') return begun(dataset(), 'what "dataset" returns');
  const reading = begun(dataset, '"dataset"');
  if (!isIterator(dataset)) return reading;
  throw new VitrineError(
    'bad-argument',
    '"dataset" expected examples that can be read more than once, got an iterator: pass a function that makes it',
  );
}

function begun<S>(examples: Iterable<S> | AsyncIterable<S>, name: string): AsyncIterable<S> {
  if (isObject(examples) && Symbol.asyncIterator in examples) return examples;
  if (isObject(examples) && Symbol.iterator in examples) return stepped(examples);
  throw new VitrineError(
    'bad-argument',
    `${name} expected an iterable or async iterable of examples, got ${describe(examples)}`,
  );
}

async function* stepped<S>(examples: Iterable<S>): AsyncGenerator<S> {
  yield* examples;
}

function isIterator(examples: object): boolean {
  return 'next' in examples && typeof examples.next === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

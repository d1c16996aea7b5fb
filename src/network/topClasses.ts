import { assertArray, assertFiniteArray, assertInteger, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { text } from '../numeric/options.ts';

/** A class and what a network gives it. */
export interface RankedClass {
  readonly index: number;
  /** Its name, where names were given. */
  readonly label?: string;
  readonly value: number;
}

/**
 * The classes with the largest values, per example and in falling order; of equal values the first class comes first.
 *
 * @param values `[n, classes]`, for instance what `predict` returns.
 * @param count how many classes, at most as many as there are.
 * @param labels the names of all classes, in order.
 * @returns per example `count` classes.
 * @throws {VitrineError} if `values` is not of rank 2 or holds NaN, or if `count` or the number of labels does not fit.
 * @example
 * ```ts
 * import { predict, topClasses } from 'vitrine';
 * const { values } = await predict(model, x, { scale: 'probability' });
 * const [first] = topClasses(values, 3, ['cat', 'dog', 'bird', 'fish', 'frog']);
 * console.log(first?.map(({ label, value }) => `${label} ${value.toFixed(2)}`));
 * ```
 */
export function topClasses(values: NdArray, count: number, labels?: readonly string[]): RankedClass[][] {
  assertArray('values', values, [2]);
  assertFiniteArray('values', values);
  const [examples, classes] = values.shape as [number, number];
  assertInteger('count', count, [1, classes]);
  assertLabels(labels, classes);
  return Array.from({ length: examples }, (_, example) => {
    const row = values.data.subarray(example * classes, (example + 1) * classes);
    const order = Array.from(row.keys()).sort((a, b) => (row[b] as number) - (row[a] as number));
    return order.slice(0, count).map((index) => ranked(index, row[index] as number, labels));
  });
}

function ranked(index: number, value: number, labels: readonly string[] | undefined): RankedClass {
  return labels ? { index, label: labels[index] as string, value } : { index, value };
}

function assertLabels(labels: readonly string[] | undefined, classes: number): void {
  if (labels === undefined) return;
  if (!Array.isArray(labels))
    throw new VitrineError('bad-argument', `"labels" expected an array of names, got ${describe(labels)}`);
  if (labels.length !== classes) {
    throw new VitrineError('bad-argument', `"labels" expected ${classes} names, one per class, got ${labels.length}`);
  }
  labels.forEach((label, i) => text(`labels[${i}]`, label));
}

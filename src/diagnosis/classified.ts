import { assertArray, assertFiniteArray, assertIndex, assertList, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { isTypedArray, type NdArray, type TypedArray } from '../numeric/ndarray.ts';
import { listOf, text } from '../numeric/options.ts';

/** Numbers, one for each example: a list, a typed array, or an array `[n]`. */
export type PerExample = ArrayLike<number> | NdArray<TypedArray>;

/** What lists of numbers hold. */
export function numbersOf(argument: string, values: PerExample): ArrayLike<number> {
  if (values !== null && typeof values === 'object' && 'shape' in values) {
    assertArray(argument, values, [1]);
    return values.data;
  }
  if (!Array.isArray(values) && !isTypedArray(values)) {
    throw new VitrineError('bad-argument', `"${argument}" expected a list of numbers, got ${describe(values)}`);
  }
  const wrong = Array.isArray(values) ? values.findIndex((value) => typeof value !== 'number') : -1;
  if (wrong < 0) return values;
  throw new VitrineError('bad-argument', `"${argument}[${wrong}]" expected a number, got ${describe(values[wrong])}`);
}

/** Refuses another number of examples. */
export function assertCountOf(argument: string, length: number, expected: number): void {
  if (length === expected) return;
  throw new VitrineError('bad-shape', `"${argument}" expected ${expected} examples, got ${length}`);
}

/** Classes of so many examples, each a number below `classCount`. */
export function labelsOf(
  argument: string,
  labels: PerExample,
  count: number,
  classCount: number = 2 ** 20,
): Int32Array {
  const list = numbersOf(argument, labels);
  assertCountOf(argument, list.length, count);
  for (let i = 0; i < list.length; i++) assertIndex(list[i], classCount, `${argument}[${i}]`);
  return Int32Array.from(list);
}

/** Refuses what is no table `[n, k]` of probabilities of at least two classes, each row of which sums up to 1. */
export function assertProbabilities(argument: string, probabilities: NdArray<TypedArray>): void {
  assertArray(argument, probabilities, [2]);
  assertFiniteArray(argument, probabilities);
  const [count, classes] = probabilities.shape as readonly [number, number];
  if (classes < 2) throw new VitrineError('bad-shape', `"${argument}" expected at least two classes, got ${classes}`);
  for (let row = 0; row < count; row++) {
    const own = probabilities.data.subarray(row * classes, (row + 1) * classes);
    let [sum, least] = [0, 0];
    for (const value of own) [sum, least] = [sum + value, Math.min(least, value)];
    if (least >= 0 && Math.abs(sum - 1) <= 1e-2) continue;
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected rows that sum up to 1, got ${least < 0 ? `${least}` : `a sum of ${sum}`} in row ${row}`,
    );
  }
}

/** A table of finite numbers, one row for each example. */
export function assertTable(argument: string, table: NdArray<TypedArray>, count?: number): void {
  assertArray(argument, table, [2]);
  assertFiniteArray(argument, table);
  if (count !== undefined) assertCountOf(argument, table.shape[0] as number, count);
}

/** Refuses all but so many names. */
export function assertNames(argument: string, names: readonly string[], length: number): void {
  assertList(argument, names);
  if (names.length !== length)
    throw new VitrineError('bad-argument', `"${argument}" expected ${length} names, got ${names.length}`);
  if (length > 0) listOf(text)(argument, names);
}

import { assertArray, assertFiniteArray, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray, TypedArray } from '../numeric/ndarray.ts';

/** A list of numbers, as plain or typed array or with a shape. */
export type NumberList = ArrayLike<number> | NdArray<TypedArray>;

/** Finite numbers, `count` of them where that is said, in 64-bit floats. */
export function vectorOf(argument: string, numbers: NumberList, count?: number): Float64Array {
  const list = numbers !== null && typeof numbers === 'object' && 'data' in numbers ? numbers.data : numbers;
  if (list === null || typeof list !== 'object' || typeof list.length !== 'number') {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected ${count ?? 'a list of'} numbers, got ${describe(numbers)}`,
    );
  }
  if (count !== undefined && list.length !== count)
    throw new VitrineError('bad-argument', `"${argument}" expected ${count} numbers, got ${list.length}`);
  const data = Float64Array.from(list);
  assertFiniteArray(argument, { shape: [data.length], data });
  return data;
}

/** A table of finite numbers `[rows, columns]` in 64-bit floats. */
export function matrixOf(argument: string, array: NdArray<TypedArray>): NdArray<Float64Array> {
  assertArray(argument, array, [2]);
  assertFiniteArray(argument, array);
  return { shape: array.shape, data: array.data instanceof Float64Array ? array.data : Float64Array.from(array.data) };
}

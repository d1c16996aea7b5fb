import { assertArray, assertInteger } from '../../numeric/check.ts';
import { type NdArray, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';

/**
 * Picks one example of a batch and keeps the batch axis, so that the result goes wherever the batch goes.
 *
 * @param map an array whose first axis is the examples, `[n, …]`.
 * @param i which example, from 0.
 * @returns a copy, `[1, …]`.
 * @throws {VitrineError} if there is no such example.
 * @example
 * ```ts
 * import { example } from 'vitrine';
 * const second = example(x, 1); // [1, 16, 16, 3]
 * ```
 */
export function example<A extends TypedArray>(map: NdArray<A>, i: number): NdArray<A> {
  assertArray('map', map, [1, 2, 3, 4, 5, 6]);
  assertInteger('i', i, [0, (map.shape[0] as number) - 1]);
  const shape = [1, ...map.shape.slice(1)];
  const length = sizeOf(shape);
  return { shape, data: map.data.slice(i * length, (i + 1) * length) as A };
}

/** The element types an {@link NdArray} can hold. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray;

/**
 * A dense array in row-major order: plain data that survives `structuredClone`.
 *
 * @example
 * ```ts
 * import type { NdArray } from 'vitrine';
 * const map: NdArray = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
 * ```
 */
export interface NdArray<A extends TypedArray = Float32Array> {
  /** The length of each axis, outermost first. */
  readonly shape: readonly number[];
  /** The elements, row-major; `data.length` is the product of `shape`. */
  readonly data: A;
}

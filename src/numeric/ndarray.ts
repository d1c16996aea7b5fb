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

/** Whether a value is an array of numbers, not of BigInts and no `DataView`. */
export function isTypedArray(value: unknown): value is TypedArray {
  return (
    ArrayBuffer.isView(value) &&
    'length' in value &&
    typeof (value as { at?: unknown }).at === 'function' &&
    !isBig(value)
  );
}

function isBig(value: object): boolean {
  return value instanceof BigInt64Array || value instanceof BigUint64Array;
}

/** The number of elements of an array with this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Whether two shapes have the same axes. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Where the element with a number lies along each axis. */
export function placeAt(number: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  let rest = number;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    place[axis] = rest % length;
    rest = Math.floor(rest / length);
  }
  return place;
}

/** One row of an array, all further axes as one. */
export function rowOf({ shape, data }: NdArray, row: number): Float32Array {
  const size = data.length / (shape[0] as number);
  return data.subarray(row * size, (row + 1) * size);
}

/** Arrays one after the other in one. */
export function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}

type Floats = Float32Array | Float64Array;

/** Adds numbers to the sums that begin at an offset. */
export function addTo(sums: Floats, numbers: Floats, offset: number = 0): void {
  // A plain loop: this runs for thousands of masks and path points, and a closure takes ten times as long.
  for (let i = 0; i < numbers.length; i++) sums[offset + i] = (sums[offset + i] as number) + (numbers[i] as number);
}

/** Whether there is neither NaN nor an infinity among numbers. */
export function allFinite(values: ArrayLike<number>): boolean {
  // 0 · x is 0 for what is finite and NaN for all else: no branch for each number.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * (values[i] as number);
  return sum === 0;
}

import type { NdArray } from './ndarray.ts';

/** One row of an array, all further axes as one. */
export function rowOf({ shape, data }: NdArray, row: number): Float32Array {
  const size = data.length / (shape[0] as number);
  return data.subarray(row * size, (row + 1) * size);
}

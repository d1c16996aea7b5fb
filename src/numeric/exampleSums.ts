import { addTo } from './addTo.ts';
import type { NdArray } from './ndarray.ts';
import { sizeOf } from './shape.ts';

/** Sums of arrays for each of several examples. */
export interface ExampleSums {
  /** Adds an array of one example to the sum at a place. */
  add(place: number, example: number, array: NdArray): void;
  /** The sums at all places, each with the examples along its first axis. */
  arrays(): readonly NdArray[];
}

/** Starts with nothing. Sums have 64 bits: of thousands of terms in 32 bits, three digits would be left. */
export function exampleSums(count: number): ExampleSums {
  const sums: NdArray<Float64Array>[] = [];
  return {
    add(place, example, { shape, data }) {
      sums[place] ??= { shape: [count, ...shape], data: new Float64Array(count * sizeOf(shape)) };
      addTo(sums[place].data, data, example * data.length);
    },
    arrays: () => sums.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) })),
  };
}

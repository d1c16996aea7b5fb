import type { TypedArray } from '../numeric/ndarray.ts';
import type { Planes } from './planes.ts';

/** What one output is made of along an axis: input indices and their weights, which sum to 1. */
export interface FilterRow {
  readonly indices: Int32Array;
  readonly weights: Float64Array;
}

/** A {@link FilterRow} for each output along an axis. */
export type FilterTable = readonly FilterRow[];

/** The inputs closer than `reach` to a centre, weighted by a function of their distance and brought to sum 1. */
export function filterRow(
  { centre, reach, length }: { centre: number; reach: number; length: number },
  weightAt: (distance: number) => number,
): FilterRow {
  const first = Math.max(0, Math.floor(centre - reach) + 1);
  const last = Math.min(length - 1, Math.ceil(centre + reach) - 1);
  const indices = Int32Array.from({ length: last - first + 1 }, (_, k) => first + k);
  const weights = Float64Array.from(indices, (index) => weightAt(Math.abs(index - centre)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { indices, weights: weights.map((weight) => weight / total) };
}

/** Filters the rows and the columns of images, one after the other, in 64-bit floats. */
export function filterPlanes(
  data: TypedArray,
  { count, height, width, channels }: Planes,
  { rows, columns }: { rows: FilterTable; columns: FilterTable },
): Float64Array {
  const narrowed = filterAxis(data, { outer: count * height, length: width, inner: channels }, columns);
  return filterAxis(narrowed, { outer: count, length: height, inner: columns.length * channels }, rows);
}

function filterAxis(
  data: TypedArray,
  { outer, length, inner }: { outer: number; length: number; inner: number },
  table: FilterTable,
): Float64Array {
  const out = new Float64Array(outer * table.length * inner);
  for (let block = 0; block < outer; block++) {
    for (let i = 0; i < table.length; i++) {
      const { indices, weights } = table[i] as FilterRow;
      const to = (block * table.length + i) * inner;
      for (let k = 0; k < indices.length; k++) {
        const from = (block * length + (indices[k] as number)) * inner;
        const weight = weights[k] as number;
        for (let j = 0; j < inner; j++) out[to + j]! += weight * (data[from + j] as number);
      }
    }
  }
  return out;
}

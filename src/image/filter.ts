import { sizeOf, type TypedArray } from '../numeric/ndarray.ts';
import type { Sliced } from '../numeric/sliced.ts';
import type { Places } from './maps/planes.ts';

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

/** Filters images or volumes along one axis after the other, the last one first, in 64-bit floats. */
export function* filtering(
  data: TypedArray,
  { count, lengths, channels }: Places,
  tables: readonly FilterTable[],
): Sliced<Float64Array> {
  let filtered = data;
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    const outer = count * sizeOf(lengths.slice(0, axis));
    const inner = channels * sizeOf(tables.slice(axis + 1).map((table) => table.length));
    const along = { outer, length: lengths[axis] as number, inner };
    filtered = yield* filteringAxis(filtered, along, tables[axis] as FilterTable);
  }
  return filtered as Float64Array;
}

function* filteringAxis(
  data: TypedArray,
  { outer, length, inner }: { outer: number; length: number; inner: number },
  table: FilterTable,
): Sliced<Float64Array> {
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
      yield indices.length * (inner + 5);
    }
  }
  return out;
}

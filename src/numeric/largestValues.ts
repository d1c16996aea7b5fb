import { quickselect } from 'd3-array';

type Floats = Float32Array | Float64Array;

/** The largest values of each of several streams, exactly: which were added together or when leaves no trace. */
export interface LargestValues {
  /** How many values a stream keeps at least, if it has as many. */
  readonly kept: number;
  /** Per stream the values that may be among the largest, at the front of an array with room for more. */
  readonly values: (Float32Array | Float64Array)[];
  /** How many values each stream has at present. */
  readonly counts: Int32Array;
  /** What a value has to exceed in order to be among the largest. */
  readonly floors: Float64Array;
}

/** Streams that have seen nothing. */
export function largestValues(streams: number, kept: number, floats: 'float32' | 'float64'): LargestValues {
  const room = Math.min(2 * kept, 64);
  return {
    kept,
    values: Array.from({ length: streams }, () =>
      floats === 'float32' ? new Float32Array(room) : new Float64Array(room),
    ),
    counts: new Int32Array(streams),
    floors: new Float64Array(streams).fill(Number.NEGATIVE_INFINITY),
  };
}

/** Adds a value for each stream, row by row. */
export function addRows({ values, counts, floors, kept }: LargestValues, rows: Floats): void {
  const streams = floors.length;
  for (let start = 0; start < rows.length; start += streams) {
    for (let stream = 0; stream < streams; stream++) {
      const value = rows[start + stream] as number;
      if (value > (floors[stream] as number)) push({ values, counts, floors, kept }, stream, value);
    }
  }
}

/** Adds all values of other streams. */
export function addAll(into: LargestValues, from: LargestValues): void {
  from.values.forEach((array, stream) => {
    for (const value of array.subarray(0, from.counts[stream])) {
      if (value > (into.floors[stream] as number)) push(into, stream, value);
    }
  });
}

/** The largest values of a stream, the largest first: at most as many as are kept. */
export function descending({ values, counts, kept }: LargestValues, stream: number): Floats {
  const sorted = (values[stream] as Floats).slice(0, counts[stream]).sort().reverse();
  return sorted.subarray(0, kept);
}

function push({ values, counts, floors, kept }: LargestValues, stream: number, value: number): void {
  const count = counts[stream] as number;
  const array = withRoom(values, { stream, count, limit: 2 * kept });
  // 0 and −0 are one value, or the order would decide which is kept.
  array[count] = value + 0;
  counts[stream] = count + 1;
  if (count + 1 < 2 * kept) return;
  quickselect(array, kept - 1, 0, 2 * kept - 1, (a, b) => (b as number) - (a as number));
  counts[stream] = kept;
  floors[stream] = array[kept - 1] as number;
}

function withRoom(
  values: Floats[],
  { stream, count, limit }: { stream: number; count: number; limit: number },
): Floats {
  const array = values[stream] as Floats;
  if (count < array.length) return array;
  const length = Math.min(2 * array.length, limit);
  const larger = array instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  larger.set(array);
  values[stream] = larger;
  return larger;
}

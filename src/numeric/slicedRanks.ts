import { forEachOf, GRAIN, type Sliced } from './sliced.ts';

/** The ranks of many numbers, 1 for the smallest, equal ones with the mean of theirs; as `ranks`, in slices. */
export function* slicedRanks(values: Float64Array): Sliced<Float64Array> {
  const sorted = yield* slicedSort(values);
  const found = new Float64Array(values.length);
  const steps = 2 * Math.ceil(Math.log2(values.length + 1));
  yield* forEachOf(values.length, steps, (i) => {
    const value = values[i] as number;
    const below = countBefore(sorted, (other) => other < value);
    const upTo = countBefore(sorted, (other) => other <= value);
    found[i] = (below + 1 + upTo) / 2;
  });
  return found;
}

/** The numbers in ascending order: runs are sorted at once, and then merged in pairs. */
function* slicedSort(values: Float64Array): Sliced<Float64Array> {
  let sorted = values.slice();
  let length = GRAIN;
  for (let start = 0; start < sorted.length; start += length) {
    sorted.subarray(start, start + length).sort();
    yield 20 * length;
  }
  for (; length < sorted.length; length *= 2) {
    const merged = new Float64Array(sorted.length);
    for (let start = 0; start < sorted.length; start += 2 * length) {
      const run = (from: number): Float64Array => sorted.subarray(from, from + length);
      yield* merge(run(start), run(start + length), merged.subarray(start));
    }
    sorted = merged;
  }
  return sorted;
}

function* merge(first: Float64Array, second: Float64Array, into: Float64Array): Sliced<void> {
  let [i, j] = [0, 0];
  yield* forEachOf(first.length + second.length, 2, (at) => {
    const isFirst = j === second.length || (i < first.length && (first[i] as number) <= (second[j] as number));
    into[at] = (isFirst ? first[i++] : second[j++]) as number;
  });
}

/** How many of sorted numbers come before the first that a test, true up to some place, does not pass. */
function countBefore(sorted: Float64Array, test: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

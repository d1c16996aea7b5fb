/**
 * The median of the distances between all pairs of numbers, without a list of them; NaN of fewer than two numbers, or
 * where one of them is not finite.
 *
 * How many distances are no greater than a bound is counted along the sorted numbers; the bound is found by bisection,
 * to the last bit.
 */
export function medianDistance(values: Float64Array): number {
  const sorted = values.slice().sort();
  const range = (sorted.at(-1) ?? Number.NaN) - (sorted[0] ?? Number.NaN);
  const pairs = (sorted.length * (sorted.length - 1)) / 2;
  if (!Number.isFinite(range) || pairs === 0) return Number.NaN;
  const [lower, upper] = [Math.ceil(pairs / 2), Math.floor(pairs / 2) + 1].map((rank) => ranked(sorted, rank, range));
  return ((lower as number) + (upper as number)) / 2;
}

/** The distance of a rank, 1 for the least, of numbers that lie within a range. */
function ranked(sorted: Float64Array, rank: number, range: number): number {
  if (countWithin(sorted, 0) >= rank) return 0;
  let [low, high] = [0, range];
  for (let middle = high / 2; low < middle && middle < high; middle = low + (high - low) / 2) {
    if (countWithin(sorted, middle) >= rank) high = middle;
    else low = middle;
  }
  return high;
}

/** How many pairs are no further apart than a bound. */
function countWithin(sorted: Float64Array, bound: number): number {
  let count = 0;
  for (let first = 0, second = 0; second < sorted.length; second++) {
    while ((sorted[second] as number) - (sorted[first] as number) > bound) first++;
    count += second - first;
  }
  return count;
}

/** The least and the greatest of some numbers. */
export function rangeOf(values: ArrayLike<number>): { readonly low: number; readonly high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  return { low, high };
}

/** The place of the first of the greatest numbers; NaN is none, and −1 the place where there is no number. */
export function firstGreatest(values: ArrayLike<number>): number {
  let [place, most] = [-1, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (value > most || (place < 0 && value === most)) [place, most] = [k, value];
  }
  return place;
}

/** The entropy in nats of values that are not negative, taken as shares of their sum; NaN where all are zero. */
export function entropy(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  if (total === 0) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const share = (values[i] as number) / total;
    if (share > 0) sum -= share * Math.log(share);
  }
  return sum;
}

/**
 * The Gini index of values that are not negative, $\sum_i (2i - n - 1)\,a_{(i)} / (n \sum_i a_i)$ with the values in
 * ascending order: 0 where all are equal, $1 - 1/n$ where only one is not zero, NaN where all are zero.
 */
export function gini(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let [weighted, total] = [0, 0];
  sorted.forEach((value, i) => {
    weighted += (2 * (i + 1) - n - 1) * value;
    total += value;
  });
  return weighted / (n * total);
}

/** The area under points at equal distances on [0, 1] by the trapezoid rule; of one point its value. */
export function trapezoid(values: ArrayLike<number>): number {
  const steps = values.length - 1;
  if (steps === 0) return values[0] as number;
  let sum = ((values[0] as number) + (values[steps] as number)) / 2;
  for (let i = 1; i < steps; i++) sum += values[i] as number;
  return sum / steps;
}

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

/** The number of ways to choose k of n; exact up to 2⁵³. */
export function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return Math.round(value);
}

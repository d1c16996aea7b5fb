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

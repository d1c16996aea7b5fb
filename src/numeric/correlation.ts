import { dot } from './linear/vectors.ts';

/**
 * The rank of each value, 1 for the smallest; equal values share the mean of the ranks they take up together.
 *
 * @param values finite numbers.
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = ascendingOrder(values);
  const found = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let i = start; i < end; i++) found[order[i] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return found;
}

/** The indices of values from the smallest to the largest; of equal ones the lower index comes first. */
function ascendingOrder(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number) || a - b,
  );
}

/** The indices of values from the largest to the smallest; of equal ones the lower index comes first. */
export function descendingOrder(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[b] as number) - (values[a] as number) || a - b,
  );
}

/**
 * Pearson's correlation, $\sum (a_i - \bar a)(b_i - \bar b) / \sqrt{\sum (a_i - \bar a)^2 \sum (b_i - \bar b)^2}$.
 *
 * @returns a number in [−1, 1]; NaN where one of the two is constant, or the other one of another length.
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || isConstant(a) || isConstant(b)) return Number.NaN;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [squaresA, squaresB, products] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  return Math.max(-1, Math.min(1, products / Math.sqrt(squaresA * squaresB)));
}

/** Whether all values are the same, which rounding in their mean would hide. */
export function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Spearman's rank correlation: Pearson's of the ranks, ties averaged. NaN where one of the two is constant or holds NaN. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return [a, b].some((values) => Array.from(values).includes(Number.NaN)) ? Number.NaN : pearson(ranks(a), ranks(b));
}

/** The cosine of the angle between two vectors; NaN where one of them is zero. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/**
 * The area under the receiver operating characteristic: the probability that a value inside is larger than one outside,
 * ties counted half (Mann and Whitney's U). NaN where all or none are inside.
 */
export function rocAuc(values: ArrayLike<number>, inside: ArrayLike<boolean>): number {
  let [count, sum] = [0, 0];
  ranks(values).forEach((rank, i) => {
    if (!inside[i]) return;
    count++;
    sum += rank;
  });
  return (sum - (count * (count + 1)) / 2) / (count * (values.length - count));
}

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

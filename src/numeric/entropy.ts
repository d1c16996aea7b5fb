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

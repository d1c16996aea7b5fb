/** The bounds of what is 95 % likely. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of `total`, those that have something. */
export interface Proportion {
  readonly count: number;
  readonly total: number;
}

/** The 0.975 quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of a proportion that was seen as `count` of `total`, none of which need be whole numbers; 0 to 1 of
 * nothing.
 *
 * Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 */
export function wilsonInterval({ count, total }: Proportion): Interval {
  if (!(total > 0)) return { low: 0, high: 1 };
  const share = count / total;
  const denominator = 1 + Z ** 2 / total;
  const centre = share + Z ** 2 / (2 * total);
  const half = Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  // Rounding must not leave the bounds at 0 and 1 open.
  return {
    low: count <= 0 ? 0 : Math.max(0, (centre - half) / denominator),
    high: count >= total ? 1 : Math.min(1, (centre + half) / denominator),
  };
}

/**
 * The 95 % interval of the difference of two proportions of different things.
 *
 * Source: Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10.
 */
export function differenceInterval(first: Proportion, second: Proportion): Interval {
  const [a, b] = [wilsonInterval(first), wilsonInterval(second)];
  if (!(first.total > 0 && second.total > 0)) return { low: -1, high: 1 };
  const [p, q] = [first.count / first.total, second.count / second.total];
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  };
}

/**
 * How likely two whole proportions differ at least so much where chance alone decides: Fisher's exact test, two-sided, which
 * sums up all tables that are no likelier than the one seen. 1 where one of them is of nothing.
 *
 * Source: Fisher 1935, "The logic of inductive inference".
 */
export function fisherTest(first: Proportion, second: Proportion): number {
  const [m, n] = [first.total, second.total];
  const having = first.count + second.count;
  const [least, most] = [Math.max(0, having - n), Math.min(m, having)];
  // From the likeliest table outwards: what underflows is nothing, what overflows would be all.
  const mode = Math.min(most, Math.max(least, Math.floor(((m + 1) * (having + 1)) / (m + n + 2))));
  const weights = new Float64Array(most - least + 1);
  weights[mode - least] = 1;
  for (let x = mode; x < most; x++) {
    weights[x + 1 - least] =
      ((weights[x - least] as number) * (m - x) * (having - x)) / ((x + 1) * (n - having + x + 1));
  }
  for (let x = mode; x > least; x--) {
    weights[x - 1 - least] = ((weights[x - least] as number) * x * (n - having + x)) / ((m - x + 1) * (having - x + 1));
  }
  // Rounding must not tell equally likely tables apart.
  const seen = (weights[first.count - least] as number) * (1 + 1e-7);
  let [all, unlikely] = [0, 0];
  for (const weight of weights) {
    all += weight;
    if (weight <= seen) unlikely += weight;
  }
  return Math.min(1, unlikely / all);
}

/**
 * Of several tests the share of false findings among those with a p-value at least so small, at most: p-values made larger,
 * in their order.
 *
 * Source: Benjamini and Hochberg 1995, "Controlling the false discovery rate".
 */
export function falseDiscoveryRates(pValues: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: pValues.length }, (_, i) => i).sort(
    (a, b) => (pValues[a] as number) - (pValues[b] as number) || a - b,
  );
  const rates = new Float64Array(pValues.length);
  let least = 1;
  for (let rank = order.length; rank > 0; rank--) {
    const test = order[rank - 1] as number;
    least = Math.min(least, ((pValues[test] as number) * order.length) / rank);
    rates[test] = least;
  }
  return rates;
}

import { ranks } from './correlation.ts';

/** How two samples compare by rank. */
export interface RankComparison {
  /** The probability that a value of the first is larger than one of the second, ties counted half: U / (m n). */
  readonly superiority: number;
  /** How likely a probability at least so far from 1/2 is where both are drawn alike; 1 where all values are equal. */
  readonly pValue: number;
}

/**
 * The two-sided test of Mann and Whitney: whether values of one sample tend to be larger than those of another. By the
 * normal approximation, with the variance corrected for ties and half a step towards the mean.
 *
 * Source: Mann and Whitney 1947; Lehmann 1975, "Nonparametrics", for ties.
 *
 * @param a finite numbers, at least one.
 * @param b finite numbers, at least one.
 */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): RankComparison {
  const [m, n] = [a.length, b.length];
  const own = ranks([...Array.from(a), ...Array.from(b)]);
  const u = own.subarray(0, m).reduce((sum, rank) => sum + rank, 0) - (m * (m + 1)) / 2;
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - tieTerm(own) / (total * (total - 1)));
  const superiority = u / (m * n);
  if (variance <= 0) return { superiority, pValue: 1 };
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  return { superiority, pValue: twoSidedNormalTail(distance / Math.sqrt(variance)) };
}

/** Σ t³ − t over groups of t equal values. */
function tieTerm(own: Float64Array): number {
  const groups = new Map<number, number>();
  for (const rank of own) groups.set(rank, (groups.get(rank) ?? 0) + 1);
  return [...groups.values()].reduce((sum, t) => sum + t * t * t - t, 0);
}

/**
 * How likely two samples of normal numbers with equal means differ at least so much: the two-sided t-test of Student,
 * with equal variances; NaN where there are fewer than three numbers, or they do not vary and do not differ.
 */
export function tTest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [first, second] = [momentsOf(a), momentsOf(b)];
  const freedom = a.length + b.length - 2;
  if (freedom < 1) return Number.NaN;
  const variance = (first.squares + second.squares) / freedom;
  const t = (first.mean - second.mean) / Math.sqrt(variance * (1 / a.length + 1 / b.length));
  return twoSidedTail(t, freedom);
}

/** P(|T| ≥ |t|) of Student's distribution, which is a regularised incomplete beta function (Abramowitz and Stegun, 26.7.1). */
export function twoSidedTail(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

function momentsOf(values: ArrayLike<number>): { mean: number; squares: number } {
  const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}

/** I_x(a, b) by its continued fraction (Abramowitz and Stegun, 26.5.8), on the side on which it converges fast. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  if (x === 0) return 0;
  const front = a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b);
  return Math.exp(front) / a / continuedFraction(x, a, b);
}

/** 1 + d₁ / (1 + d₂ / (1 + …)), from its far end. */
function continuedFraction(x: number, a: number, b: number): number {
  let value = 1;
  for (let i = 200; i > 0; i--) {
    const m = i >> 1;
    const numerator =
      i % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    value = 1 + numerator / value;
  }
  return value;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series (Abramowitz and Stegun, 6.1.41), after Γ(z) = Γ(z + 1) / z has made z large enough. */
function logGamma(z: number): number {
  let shift = 0;
  let large = z;
  for (; large < 20; large++) shift += Math.log(large);
  const square = large * large;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / large;
  return (large - 0.5) * Math.log(large) - large + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/**
 * P(|Z| ≥ z) of the standard normal distribution, for z ≥ 0, to about 1e-14 of its value: by the series of its integral
 * where z is small (Abramowitz and Stegun, 26.2.11), and by the continued fraction of its tail elsewhere (26.2.14).
 */
export function twoSidedNormalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let [sum, term] = [0, z];
    for (let k = 1; term > 1e-17 * (sum + term); k += 2) {
      sum += term;
      term *= (z * z) / (k + 2);
    }
    return 1 - 2 * density * sum;
  }
  let fraction = z;
  for (let k = 200; k > 0; k--) fraction = z + k / fraction;
  return (2 * density) / fraction;
}

import { ranks } from './ranks.ts';
import { twoSidedNormalTail } from './twoSidedNormalTail.ts';

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

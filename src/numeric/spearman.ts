import { pearson } from './pearson.ts';
import { ranks } from './ranks.ts';

/** Spearman's rank correlation: Pearson's of the ranks, ties averaged. NaN where one of the two is constant or holds NaN. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return [a, b].some((values) => Array.from(values).includes(Number.NaN)) ? Number.NaN : pearson(ranks(a), ranks(b));
}

import type { Random } from './random.ts';

/**
 * `size` different ones of the numbers 0 … `length` − 1, all subsets equally likely, in no particular order.
 *
 * Source: Bentley and Floyd 1987, "Programming pearls: a sample of brilliance", algorithm F2.
 */
export function randomSubset(length: number, size: number, random: Random): readonly number[] {
  const chosen = new Set<number>();
  for (let last = length - size; last < length; last++) {
    const drawn = random.integer(last + 1);
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return [...chosen];
}

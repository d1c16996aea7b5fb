import { GRAIN, type Sliced } from '../../../numeric/sliced.ts';
import { bitCount, hasBit } from './conditions.ts';
import type { Pattern } from './frequentPatterns.ts';

/** How patterns divide examples. */
export interface Cover {
  readonly groups: readonly { readonly pattern: number; readonly members: readonly number[] }[];
  /** Those that no pattern covers. */
  readonly rest: readonly number[];
}

/** The greedy weighted set cover: the pattern with the most that it newly covers for its price comes next; of equals the first. */
export function* greedyCover(patterns: readonly Pattern[], weights: Float64Array, count: number): Sliced<Cover> {
  const rest = new Uint32Array(Math.ceil(count / 32));
  for (let i = 0; i < count; i++) rest[i >> 5]! |= 1 << (i & 31);
  const groups: Cover['groups'][number][] = [];
  for (;;) {
    const pattern = yield* dearest(patterns, weights, rest);
    const chosen = patterns[pattern]?.rows;
    if (!chosen) return { groups, rest: placesOf(rest, count) };
    const members = rest.map((word, i) => word & (chosen[i] as number));
    groups.push({ pattern, members: placesOf(members, count) });
    members.forEach((word, i) => {
      rest[i]! &= ~word;
    });
  }
}

/** The pattern that covers most for its price; −1 where none covers anything new. */
function* dearest(patterns: readonly Pattern[], weights: Float64Array, rest: Uint32Array): Sliced<number> {
  let [best, most, work] = [-1, 0, 0];
  for (const [i, { rows }] of patterns.entries()) {
    const gain = bitCount(rows.map((word, k) => word & (rest[k] as number))) / (weights[i] as number);
    if (gain > most) [best, most] = [i, gain];
    work += 8 * rows.length;
    if (work < GRAIN) continue;
    yield work;
    work = 0;
  }
  yield work;
  return best;
}

function placesOf(words: Uint32Array, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => hasBit(words, i));
}

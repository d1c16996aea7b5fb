import { binomial } from '../../numeric/binomial.ts';
import type { Random } from '../../numeric/random.ts';

/** Coalitions that are neither empty nor full, with the weight that each has in the regression. */
export interface WeightedCoalitions {
  /** `[count × players]`, 1 for a member. */
  readonly members: Float32Array;
  /** Sum to 1. */
  readonly weights: Float64Array;
}

/** As many coalitions as the budget allows: whole sizes from the outside in, then random pairs of the sizes left. */
export function kernelCoalitions(players: number, budget: number, source: Random): WeightedCoalitions {
  const found: { coalition: Float32Array; weight: number }[] = [];
  // The weight of all coalitions of a size and its complement: Eq. (9), Lundberg and Lee 2017, times their number.
  const sizes = Array.from({ length: Math.floor(players / 2) }, (_, i) => i + 1);
  const masses = sizes.map((size) => (size * 2 === players ? 1 : 2) / (size * (players - size)));
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  let left = budget;
  let next = 0;
  for (; next < sizes.length; next++) {
    const size = sizes[next] as number;
    const number = binomial(players, size) * (size * 2 === players ? 1 : 2);
    if (number > left) break;
    left -= number;
    const weight = (masses[next] as number) / total / number;
    for (const coalition of combinations(players, size)) {
      found.push({ coalition, weight });
      if (size * 2 !== players) found.push({ coalition: complement(coalition), weight });
    }
  }
  found.push(
    ...randomPairs(
      players,
      { pairs: Math.floor(left / 2), sizes: sizes.slice(next), masses: masses.slice(next), total },
      source,
    ),
  );
  const members = new Float32Array(found.length * players);
  found.forEach(({ coalition }, i) => members.set(coalition, i * players));
  const weights = Float64Array.from(found, ({ weight }) => weight);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return { members, weights: weights.map((weight) => weight / sum) };
}

interface Remainder {
  readonly pairs: number;
  readonly sizes: readonly number[];
  readonly masses: readonly number[];
  readonly total: number;
}

/** Coalitions of the sizes that were not enumerated, each with its complement; together they have the weight left. */
function randomPairs(
  players: number,
  { pairs, sizes, masses, total }: Remainder,
  source: Random,
): readonly { coalition: Float32Array; weight: number }[] {
  if (sizes.length === 0) return [];
  const mass = masses.reduce((sum, value) => sum + value, 0);
  // At least one pair, so that a small budget still gives a regression.
  const weight = mass / total / (2 * Math.max(1, pairs));
  return Array.from({ length: Math.max(1, pairs) }).flatMap(() => {
    let level = 0;
    for (let draw = source.uniform() * mass; level < sizes.length - 1; level++) {
      draw -= masses[level] as number;
      if (draw < 0) break;
    }
    const coalition = subset(players, sizes[level] as number, source);
    return [
      { coalition, weight },
      { coalition: complement(coalition), weight },
    ];
  });
}

function complement(coalition: Float32Array): Float32Array {
  return coalition.map((member) => 1 - member);
}

/** A random coalition of a size, all equally likely (Floyd's algorithm). */
function subset(players: number, size: number, source: Random): Float32Array {
  const coalition = new Float32Array(players);
  for (let last = players - size; last < players; last++) {
    const drawn = source.integer(last + 1);
    coalition[coalition[drawn] ? last : drawn] = 1;
  }
  return coalition;
}

/** All coalitions of a size, in lexicographic order. */
function* combinations(players: number, size: number): Generator<Float32Array> {
  const chosen = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    const coalition = new Float32Array(players);
    for (const player of chosen) coalition[player] = 1;
    yield coalition;
    let at = size - 1;
    while (at >= 0 && chosen[at] === players - size + at) at--;
    if (at < 0) return;
    chosen[at] = (chosen[at] as number) + 1;
    for (let i = at + 1; i < size; i++) chosen[i] = (chosen[i - 1] as number) + 1;
  }
}

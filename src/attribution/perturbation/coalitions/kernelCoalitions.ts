import { type Random, randomSubset } from '../../../numeric/random.ts';
import { binomial } from '../../../numeric/statistics.ts';

/** Coalitions that are neither empty nor full, with the weight that each has in the regression. */
export interface WeightedCoalitions {
  /** `[count × players]`, 1 for a member. */
  readonly members: Float32Array;
  /** Sum to 1. */
  readonly weights: Float64Array;
}

/** Coalitions of one size and their complements. */
interface Level {
  readonly size: number;
  readonly count: number;
  /** Their weight together: Eq. (9), Lundberg and Lee 2017, times their number. */
  readonly mass: number;
}

/** As many coalitions as the budget allows: whole sizes from the outside in, then random pairs of the sizes left. */
export function kernelCoalitions(players: number, budget: number, source: Random): WeightedCoalitions {
  const levels = Array.from({ length: Math.floor(players / 2) }, (_, i) => levelOf(players, i + 1));
  const whole = wholeLevels(levels, budget);
  const rest = levels.slice(whole.length);
  const enumerated = whole.flatMap(({ size, count, mass }) =>
    [...combinations(players, size)]
      .flatMap((chosen) => (isHalf(size, players) ? [chosen] : [chosen, complement(chosen, players)]))
      .map((chosen) => ({ chosen, weight: mass / count })),
  );
  const left = budget - enumerated.length;
  const drawn = rest.length === 0 ? [] : randomPairs(rest, { players, pairs: Math.floor(left / 2), source });
  return asRows([...enumerated, ...drawn], players);
}

function levelOf(players: number, size: number): Level {
  const sides = isHalf(size, players) ? 1 : 2;
  return { size, count: sides * binomial(players, size), mass: sides / (size * (players - size)) };
}

/** Where coalitions of a size have complements of the same size. */
function isHalf(size: number, players: number): boolean {
  return size * 2 === players;
}

/** The first levels that fit in a budget. */
function wholeLevels(levels: readonly Level[], budget: number): readonly Level[] {
  let left = budget;
  const end = levels.findIndex(({ count }) => {
    left -= count;
    return left < 0;
  });
  return end < 0 ? levels : levels.slice(0, end);
}

interface Weighted {
  readonly chosen: readonly number[];
  readonly weight: number;
}

/** Coalitions each with its complement; together they have the weight of their levels. At least one pair is drawn. */
function randomPairs(
  levels: readonly Level[],
  { players, pairs, source }: { players: number; pairs: number; source: Random },
): readonly Weighted[] {
  const mass = levels.reduce((sum, level) => sum + level.mass, 0);
  const count = Math.max(1, pairs);
  return Array.from({ length: count }).flatMap(() => {
    let draw = source.uniform() * mass;
    const level = levels.find((each) => {
      draw -= each.mass;
      return draw < 0;
    });
    const chosen = randomSubset(players, (level ?? (levels.at(-1) as Level)).size, source);
    return [chosen, complement(chosen, players)].map((each) => ({ chosen: each, weight: mass / (2 * count) }));
  });
}

function complement(chosen: readonly number[], players: number): readonly number[] {
  const members = new Set(chosen);
  return Array.from({ length: players }, (_, player) => player).filter((player) => !members.has(player));
}

function asRows(found: readonly Weighted[], players: number): WeightedCoalitions {
  const members = new Float32Array(found.length * players);
  found.forEach(({ chosen }, row) => {
    for (const player of chosen) members[row * players + player] = 1;
  });
  const total = found.reduce((sum, { weight }) => sum + weight, 0);
  return { members, weights: Float64Array.from(found, ({ weight }) => weight / total) };
}

/** All coalitions of a size, in lexicographic order. */
function* combinations(players: number, size: number): Generator<readonly number[]> {
  const chosen = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    yield chosen.slice();
    const at = chosen.findLastIndex((player, i) => player < players - size + i);
    if (at < 0) return;
    const next = (chosen[at] as number) + 1;
    for (let i = at; i < size; i++) chosen[i] = next + i - at;
  }
}

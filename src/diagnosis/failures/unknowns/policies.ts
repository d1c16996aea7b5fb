import { randomBeta } from 'd3-random';
import { descendingOrder } from '../../../numeric/correlation.ts';
import { type Random, random, shuffled } from '../../../numeric/random.ts';

/** How the next example to be asked about is chosen. */
export type SearchPolicy = 'uub' | 'ucb1' | 'thompson' | 'epsilonGreedy' | 'random' | 'leastConfident';

export const searchPolicies = ['uub', 'ucb1', 'thompson', 'epsilonGreedy', 'random', 'leastConfident'] as const;

/** What a policy knows. */
export interface Search {
  /** The partition of each example, of those that can be asked about. */
  readonly partition: Int32Array;
  readonly partitionCount: number;
  readonly confidence: Float64Array;
  readonly exploration: number;
  readonly epsilon: number;
  readonly seed: number;
}

/** Chooses examples, and hears what they were. */
export interface Policy {
  /** The place of the next example; it has not been chosen before. */
  next(): number;
  /** What the last one was. */
  learn(wrong: boolean): void;
}

/** A policy at its beginning. */
export function policyNamed(name: SearchPolicy, search: Search): Policy {
  if (name === 'random') return inOrder(shuffled(search.partition.length, random(search.seed, 1).integer));
  if (name === 'leastConfident') return inOrder(descendingOrder(search.confidence.map((value) => -value)));
  return bandit(search, armChoices[name]);
}

function inOrder(order: ArrayLike<number>): Policy {
  let done = 0;
  return { next: () => order[done++] as number, learn: () => {} };
}

/** A partition of which some members were asked about. */
interface Arm {
  readonly members: number[];
  pulls: number;
  wrong: number;
  /** The sums over its pulls j of 1 / remaining(j), and of the reward over remaining(j). */
  inverse: number;
  rewarded: number;
}

/** Chooses one of the partitions that have members left. */
type ArmChoice = (left: readonly Arm[], search: Search & { readonly asked: number }, chance: Random) => Arm;

/** Each partition once, then the one of the greatest value; which of its members, chance decides. */
function bandit(search: Search, choice: ArmChoice): Policy {
  const chance = random(search.seed, 2);
  const arms = armsOf(search);
  let asked = 0;
  let last: Arm | undefined;
  return {
    next() {
      const left = arms.filter(({ members }) => members.length > 0);
      last = arms[asked] ?? choice(left, { ...search, asked }, chance);
      asked++;
      return last.members.at(-1) as number;
    },
    learn(wrong) {
      if (!last) return;
      last.inverse += 1 / last.members.length;
      last.rewarded += Number(wrong) / last.members.length;
      last.members.pop();
      last.pulls++;
      last.wrong += Number(wrong);
    },
  };
}

function armsOf({ partition, partitionCount, seed }: Search): readonly Arm[] {
  const arms = Array.from(
    { length: partitionCount },
    (): Arm => ({ members: [], pulls: 0, wrong: 0, inverse: 0, rewarded: 0 }),
  );
  for (const place of shuffled(partition.length, random(seed, 1).integer)) {
    arms[partition[place] as number]?.members.push(place);
  }
  return arms.filter(({ members }) => members.length > 0);
}

const armChoices: Readonly<Record<Exclude<SearchPolicy, 'random' | 'leastConfident'>, ArmChoice>> = {
  uub: (left, { exploration }) => {
    // Algorithm 2, Lakkaraju et al. 2017: a pull counts the less, the more of its partition was asked about since.
    const pulls = ({ members, inverse }: Arm): number => members.length * inverse;
    const total = Math.max(
      1,
      left.reduce((sum, arm) => sum + pulls(arm), 0),
    );
    return greatest(left, (arm) => arm.rewarded / arm.inverse + exploration * bonus(total, pulls(arm)));
  },
  ucb1: (left, { exploration, asked }) =>
    greatest(left, ({ wrong, pulls }) => wrong / pulls + exploration * bonus(asked, pulls)),
  thompson: (left, _search, { uniform }) =>
    greatest(left, ({ wrong, pulls }) => randomBeta.source(uniform)(1 + wrong, 1 + pulls - wrong)()),
  epsilonGreedy: (left, { epsilon }, { uniform, integer }) =>
    uniform() < epsilon ? (left[integer(left.length)] as Arm) : greatest(left, ({ wrong, pulls }) => wrong / pulls),
};

/** The arm of the greatest value, the first of equals. */
function greatest(arms: readonly Arm[], worth: (arm: Arm) => number): Arm {
  const values = arms.map(worth);
  return arms[values.indexOf(Math.max(...values))] as Arm;
}

/** Auer et al. 2002, UCB1. */
function bonus(total: number, own: number): number {
  return Math.sqrt((2 * Math.log(total)) / own);
}

import { descendingOrder } from '../../../numeric/correlation.ts';
import { wilsonInterval } from '../../../numeric/proportions.ts';
import { entropy } from '../../../numeric/statistics.ts';
import type { SearchSpace } from './searchSpace.ts';
import type { SearchedPartition, UnknownAnswer, UnknownUnknowns } from './types.ts';

/** What some answers say. */
export function searchSoFar({ partitions }: SearchSpace, answers: readonly UnknownAnswer[]): UnknownUnknowns {
  const known = new Map(answers.map(({ example, wrong }) => [example, wrong]));
  const searched = partitions.map(({ name, conditions, members }): SearchedPartition => {
    const own = Array.from(members).flatMap((member) => known.get(member) ?? []);
    const [asked, found] = [own.length, own.filter(Boolean).length];
    const errorRate = asked > 0 ? found / asked : null;
    const interval = wilsonInterval({ count: found, total: asked });
    return { name, conditions: [...conditions], members: members.slice(), asked, found, errorRate, interval };
  });
  const found = answers.filter(({ wrong }) => wrong).map(({ example }) => example);
  let sum = 0;
  return {
    asked: [...answers],
    found: Int32Array.from(found),
    curve: Float64Array.from(answers, ({ wrong }) => {
      sum += Number(wrong);
      return sum;
    }),
    partitions: byErrorRate(searched),
    entropy: found.length > 0 ? entropy(searched.map((one) => one.found)) : null,
  };
}

/** Those not asked about come last. */
function byErrorRate(searched: readonly SearchedPartition[]): readonly SearchedPartition[] {
  const order = descendingOrder(searched.map(({ errorRate }) => errorRate ?? -1));
  return Array.from(order, (place) => searched[place] as SearchedPartition);
}

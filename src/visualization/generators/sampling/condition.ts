import { scaleOn } from '../../../network/heads/classScale.ts';
import type { Network } from '../../../network/network.ts';
import type { Scale } from '../../../network/types.ts';
import { exampleRange } from '../../../scoring/session.ts';
import { createScorer } from '../../../scoring/targets/createScorer.ts';
import { createObjective } from '../../objectives/createObjective.ts';
import type { Objective } from '../../objectives/objective.ts';
import { named } from '../../objectives/ofTarget.ts';
import type { ReadyObjective } from '../../objectives/readyObjective.ts';

/** An objective made ready; a class is measured on a scale, the log-probability where its output has it. */
export function conditionOn(
  network: Network,
  objective: Objective,
  { count, scale }: { readonly count: number; readonly scale: Scale | undefined },
): ReadyObjective {
  if (typeof objective !== 'number') return createObjective(network, objective, count);
  const examples = exampleRange(0, count);
  const own = scale ?? scaleOn(network.heads[0], 'logProbability');
  const scorer = named(() => createScorer(network, { target: objective, scale: own, count }));
  return { taps: scorer.taps, score: (run) => scorer.score(run, examples) };
}

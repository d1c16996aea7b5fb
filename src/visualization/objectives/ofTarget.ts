import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { exampleRange } from '../../scoring/session.ts';
import { createScorer } from '../../scoring/targets/createScorer.ts';
import type { Target, UnitTarget } from '../../scoring/types.ts';
import { assertObjective } from './assertObjective.ts';
import type { ReadyObjective } from './readyObjective.ts';

/** A target as an objective. */
export function ofTarget(network: Network, target: Target, count: number): ReadyObjective {
  assertFixed(target);
  const examples = exampleRange(0, count);
  const scorer = named(() => createScorer(network, { target: climbable(network, target), count }));
  return { taps: scorer.taps, score: (run) => named(() => scorer.score(run, examples)) };
}

/** Refuses the class that is predicted, within an output or a contrast too. */
function assertFixed(target: unknown): void {
  if (typeof target !== 'object' || target === null) return;
  if ('output' in target && 'target' in target) assertObjective('objective.target', target.target);
  if ('class' in target) assertObjective('objective.class', target.class);
}

/**
 * A unit of a layer that computes a ReLU is read before it, unless a position is said: where a unit is dead, its ReLU has no
 * gradient to climb.
 */
function climbable(network: Network, target: Target): Target {
  if (!isWholeUnit(target)) return target;
  const site = network.site(target.layer, 'target.layer');
  const before = `${site.address}@preactivation`;
  const maker = network.graph.steps.find(({ output }) => output === site.value)?.operation;
  return maker?.kind === 'relu' && network.graph.sites.has(before) ? { ...target, layer: before } : target;
}

function isWholeUnit(target: Target): target is UnitTarget {
  return typeof target === 'object' && 'layer' in target && 'unit' in target && target.position === undefined;
}

/** Lets errors name what the caller gave, which is an objective here. */
export function named<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof VitrineError) || !/^"target[".]/.test(error.message)) throw error;
    throw new VitrineError(error.code, error.message.replace('"target', '"objective'), { cause: error });
  }
}

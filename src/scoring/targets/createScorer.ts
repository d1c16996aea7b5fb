import type { Head } from '../../network/graph/graph.ts';
import { findHead } from '../../network/heads/chosenOutput.ts';
import type { Network } from '../../network/network.ts';
import type { Scale } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { OutputTarget, Target, UnitTarget } from '../types.ts';
import { classScorer } from './classScore.ts';
import { functionScorer } from './functionScore.ts';
import type { Scorer } from './scorer.ts';
import { unitScorer } from './unitScore.ts';

/** A target, the scale of class scores (logits by default, where there are any), and the number of examples. */
export interface ScoreRequest {
  readonly target?: Target | undefined;
  readonly scale?: Scale | undefined;
  readonly count: number;
}

/** Checks a target against a network and a number of examples and makes it ready. */
export function createScorer(network: Network, { target = 'predicted', scale, count }: ScoreRequest): Scorer {
  return scorerOn(network, network.heads, { target, scale, count });
}

interface Request<T> {
  readonly target: T;
  readonly scale: Scale | undefined;
  readonly count: number;
}

function scorerOn(network: Network, heads: readonly Head[], request: Request<Target>): Scorer {
  const { target } = request;
  if (typeof target === 'function') return functionScorer(heads, target);
  if (isUnitTarget(target)) return unitScorer(network, target);
  if (isOutputTarget(target)) {
    return scorerOn(network, [findHead(network, target.output)], { ...request, target: target.target });
  }
  return classScorer(heads[0] as Head, { ...request, target });
}

function isUnitTarget(target: Target): target is UnitTarget {
  return typeof target === 'object' && target !== null && 'layer' in target;
}

function isOutputTarget(target: Target): target is OutputTarget {
  return typeof target === 'object' && target !== null && 'output' in target;
}

/** The output whose class scores a target is about; none where it is about no classes. */
export function headOf(network: Network, target: Target | undefined): Head | undefined {
  if (target === undefined) return network.heads[0];
  if (typeof target === 'function' || isUnitTarget(target)) return undefined;
  if (!isOutputTarget(target)) return network.heads[0];
  return headOf(network, target.target) && findHead(network, target.output);
}

/** The same target with the classes that were predicted filled in, so that it stays what it was as inputs change. */
export function pinTarget(target: Target | undefined, found: NdArray | undefined): Target {
  const classes = found && [...found.data];
  if (target === undefined || target === 'predicted') return classes ?? 'predicted';
  if (typeof target === 'object' && isOutputTarget(target)) {
    return { output: target.output, target: pinTarget(target.target, found) };
  }
  if (typeof target === 'object' && 'minus' in target && classes) return { ...target, class: classes };
  return target;
}

/** Whether a target is a difference of class scores. */
export function isContrast(target: Target): boolean {
  if (typeof target !== 'object') return false;
  return 'minus' in target || ('output' in target && isContrast(target.target));
}

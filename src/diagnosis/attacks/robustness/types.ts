import type { Epsilon } from '../field/ball.ts';
import type { Adversarial } from '../types.ts';

/** What one attack of an ensemble did. */
export interface AttackRound {
  readonly attack: string;
  /** How many examples no attack before had broken. */
  readonly tried: number;
  /** How many of them it broke. */
  readonly broken: number;
  /** The share of all examples that are still right after it. */
  readonly accuracy: number;
}

/** Why a robust accuracy may be wrong. */
export interface RobustnessWarning {
  readonly kind:
    | 'probabilities'
    | 'random'
    | 'zeroGradients'
    | 'gradientMasking'
    | 'fewClasses'
    | 'withoutSquare'
    | 'upperBound';
  readonly text: string;
}

/** What an ensemble of attacks found. */
export interface Robustness extends Adversarial {
  /** How far each number, or each example, was changed at the most. */
  readonly epsilon: Epsilon;
  /** The share of examples that are right as they are. */
  readonly clean: number;
  /** The share that no attack broke: the robust accuracy is this or lower. */
  readonly accuracy: number;
  readonly rounds: readonly AttackRound[];
  /** The attack that broke each example; `null` of those that none broke, and of those that were wrong before. */
  readonly brokenBy: readonly (string | null)[];
  readonly warnings: readonly RobustnessWarning[];
}

/** Robust accuracies of one model at growing lengths. */
export interface RobustnessCurve {
  readonly norm: Adversarial['norm'];
  /** How far examples were changed. */
  readonly epsilons: readonly Epsilon[];
  /** The share of examples that are right as they are. */
  readonly clean: number;
  /** The share that no attack broke at each length or below, `[k]`. */
  readonly accuracy: Float32Array;
  /** The number of the first length at which each example was broken; `-1` of those wrong before, `null` of those never. */
  readonly brokenAt: readonly (number | null)[];
  readonly warnings: readonly RobustnessWarning[];
}

import { anything, count, flag, type OptionChecks, oneOf, required } from '../../../numeric/options.ts';
import type { AttackOptions, Norm } from '../field/attackOptions.ts';
import { attackChecks } from '../field/attackOptions.ts';
import type { Epsilon } from '../field/ball.ts';
import { type LossName, lossNames } from '../field/losses.ts';

/** What attacks take that change an input by no more than a given length. */
export interface BudgetOptions {
  /**
   * How far each example may be changed, in the numbers of the model: a length in the norm, or in the greatest norm one for
   * each channel, as `pixelBudget` gives it. At 0 examples stay as they are.
   */
  readonly epsilon: Epsilon;
  /** What is made great; the cross-entropy by default. `'dlr'` needs 3 classes, and with a goal 4. */
  readonly loss?: LossName;
}

/** What attacks take that go up a gradient step by step. */
export interface ClimbOptions extends BudgetOptions {
  /** How the length of a change is measured; `'linf'` by default. */
  readonly norm?: Norm;
  /** How many steps are made: 40 by default, of `bim` 10, of `apgd` 100. */
  readonly steps?: number;
  /**
   * Whether the first change that reaches the aim is taken, and a batch ends once it has one for each example; by default all
   * steps are made and the strongest is taken.
   */
  readonly stopsEarly?: boolean;
}

/** What attacks of a single step take. */
export type OneStepOptions = AttackOptions & BudgetOptions;

/** Checks of what all attacks within a budget take; the budget itself is looked at with the model. */
export const oneStepChecks: OptionChecks<OneStepOptions> = {
  ...attackChecks,
  epsilon: required(anything),
  loss: oneOf(lossNames),
};

export const climbChecks: OptionChecks<AttackOptions & ClimbOptions> = {
  ...oneStepChecks,
  norm: oneOf(['l2', 'linf']),
  steps: count(1),
  stopsEarly: flag,
};

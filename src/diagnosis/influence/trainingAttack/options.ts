import type { PixelScale } from '../../../image/pixelScale.ts';
import { scaleChecks } from '../../../image/pixelScale.ts';
import type { OutputChoice } from '../../../network/heads/chosenOutput.ts';
import { runChecks } from '../../../network/runChecks.ts';
import type { RunOptions } from '../../../network/types.ts';
import {
  anything,
  assertOptions,
  count,
  integer,
  number,
  type OptionChecks,
  object,
} from '../../../numeric/options.ts';
import type { Bounds, InputRange } from '../../attacks/field/attackOptions.ts';
import type { Epsilon } from '../../attacks/field/ball.ts';

/** How training images are changed, besides where inputs lie. */
export interface TrainingAttackSettings extends RunOptions {
  /** How many training images are changed, 1 by default. */
  readonly examples?: number;
  /** By how much each number of an image may change; half a shade of 255 by default, which rounding takes away. */
  readonly epsilon?: Epsilon;
  /** By how much it changes in a step, as a share of `epsilon`; 0.1 by default. */
  readonly stepShare?: number;
  /** How often the head is trained again at most, 100 by default. */
  readonly steps?: number;
  /** λ: the penalty λ/2 of the sum of the squares of the head's weights, its bias too; 0.001 by default. */
  readonly penalty?: number;
  /** Which output of the model has the classes, and whether it holds logits; the first by default. */
  readonly output?: OutputChoice;
}

/** The options of {@link trainingAttack}. */
export type TrainingAttackOptions = TrainingAttackSettings & InputRange;

const checks: OptionChecks<TrainingAttackSettings & { bounds?: Bounds } & PixelScale> = {
  ...scaleChecks,
  ...runChecks,
  bounds: anything,
  examples: integer(1),
  epsilon: anything,
  stepShare: number(Number.MIN_VALUE, 1),
  steps: count(1),
  penalty: number(Number.MIN_VALUE),
  output: anything,
};

/** Refuses options that the attack does not have. */
export function assertTrainingAttack(options: TrainingAttackOptions): void {
  object('options', options);
  assertOptions(options as object, checks);
}

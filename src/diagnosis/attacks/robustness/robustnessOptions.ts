import { describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import {
  anything,
  assertOptions,
  count,
  flag,
  integer,
  type OptionChecks,
  oneOf,
  required,
} from '../../../numeric/options.ts';
import { type AttackSettings, attackChecks, type InputRange, type Norm } from '../field/attackOptions.ts';
import type { Epsilon } from '../field/ball.ts';
import { type LossName, lossNames } from '../field/losses.ts';

/** An attack of an ensemble, and how it goes about. */
export type EnsembleAttack =
  | {
      readonly attack: 'apgd';
      /** What is climbed; `'crossEntropy'` by default. */
      readonly loss?: LossName;
      /** 100 by default. */
      readonly steps?: number;
      /** How many random starts there are; 1 by default. */
      readonly restarts?: number;
      /** Towards how many of the next classes there are runs; by default there is one run away from the label. */
      readonly targets?: number;
    }
  | {
      readonly attack: 'fab';
      /** 100 by default. */
      readonly steps?: number;
      /** Towards how many of the next classes there are runs; by default one towards whichever is nearest. */
      readonly targets?: number;
    }
  | {
      readonly attack: 'square';
      /** 5000 by default. */
      readonly evaluations?: number;
      /** Whether squares shrink over however many `evaluations` there are; `false` by default. */
      readonly rescale?: boolean;
    };

/** What {@link robustness} and {@link robustnessCurve} take. */
export type EnsembleOptions = Omit<AttackSettings, 'criterion'> &
  InputRange & {
    /** How the length of a change is measured; `'linf'` by default. */
    readonly norm?: Norm;
    /**
     * Which attacks are made, one after the other, each on what is left. `'quick'`, by default: APGD (50 steps) on the
     * cross-entropy and on the difference of logits ratio, and Square (500 queries, `rescale`). `'standard'`, as in AutoAttack: APGD on
     * the cross-entropy, APGD and FAB towards 9 classes, 100 steps each, and Square (5000). Or a list.
     */
    readonly attacks?: 'quick' | 'standard' | readonly EnsembleAttack[];
  };

/** Options of {@link robustness}. */
export type RobustnessOptions = EnsembleOptions & {
  /** How far examples may be changed: one length, or in the greatest norm one for each channel. */
  readonly epsilon: Epsilon;
};

const { criterion: _, ...settingChecks } = attackChecks;

/** Checks of the {@link EnsembleOptions}. */
export const ensembleChecks: OptionChecks<EnsembleOptions> = {
  ...settingChecks,
  norm: oneOf(['linf', 'l2']),
  attacks(argument, value) {
    if (value === 'quick' || value === 'standard') return;
    if (!Array.isArray(value) || value.length === 0)
      throw new VitrineError(
        'bad-argument',
        `"${argument}" expected 'quick', 'standard' or a list of attacks, got ${describe(value)}`,
      );
    value.forEach(assertAttack);
  },
};

const perAttack = {
  apgd: {
    attack: required(anything),
    loss: oneOf(lossNames),
    steps: count(1),
    restarts: count(1),
    targets: integer(1),
  },
  fab: { attack: required(anything), steps: count(1), targets: integer(1) },
  square: { attack: required(anything), evaluations: count(1), rescale: flag },
} as const;

function assertAttack(entry: unknown, i: number): void {
  const name = (entry as { attack?: unknown } | null | undefined)?.attack;
  oneOf(Object.keys(perAttack))(`attacks[${i}].attack`, name);
  assertOptions(entry as object, perAttack[name as keyof typeof perAttack] as OptionChecks<object>);
}

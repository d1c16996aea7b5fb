import { type PixelScale, scaleChecks } from '../../../image/pixelScale.ts';
import type { OutputChoice } from '../../../network/heads/chosenOutput.ts';
import { runChecks } from '../../../network/runChecks.ts';
import type { RunOptions } from '../../../network/types.ts';
import { anything, integer, type OptionChecks, safeInteger } from '../../../numeric/options.ts';

/** The least and the greatest value of an input: one number, or one for each channel. */
export type Bounds = readonly [low: number | readonly number[], high: number | readonly number[]];

/** Classes of examples: one for all, or one for each. */
export type ClassChoice = number | readonly number[] | Int32Array;

/** How the length of a change is measured: Euclidean, or the greatest change of a number. */
export type Norm = 'l2' | 'linf';

/** What every attack may be told. */
export interface AttackSettings extends RunOptions {
  /** The class that each example truly is; the predicted one by default. */
  readonly label?: 'predicted' | ClassChoice;
  /** What an attack is to reach: any other class than `label`, as by default, or a given one. */
  readonly criterion?: 'misclassified' | { readonly target: ClassChoice };
  /** The output that is attacked, the first by default, and what it holds where the model does not tell, as in `predict`. */
  readonly output?: OutputChoice;
  /** Of several inputs, the one that is changed; the first by default. */
  readonly input?: number;
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
}

/** Where a changed input stays: between `bounds` in the numbers of the model, or between black and white of a preparation. */
export type InputRange =
  | {
      /** Its least and its greatest value: one number each, or one for each channel. */
      readonly bounds: Bounds;
      readonly range?: never;
      readonly preprocessing?: never;
      readonly mean?: never;
    }
  | (PixelScale & { readonly bounds?: never });

/** What every attack takes. */
export type AttackOptions = AttackSettings & InputRange;

/** Checks of the {@link AttackOptions}; what depends on the model is looked at with it. */
export const attackChecks: OptionChecks<AttackSettings & { bounds?: Bounds } & PixelScale> = {
  ...scaleChecks,
  ...runChecks,
  bounds: anything,
  label: anything,
  criterion: anything,
  output: anything,
  input: integer(0),
  seed: safeInteger,
};

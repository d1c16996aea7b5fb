import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Penalty } from '../../optimization/penalties.ts';
import type { Target } from '../../scoring/types.ts';

/** A score `[n]` of pictures `[n, h, w, c]` of 0 to 1 themselves, before any transform; the tape differentiates it where it brings no gradient. */
export interface PictureObjective {
  /** The score of each picture, alone or with its gradient. */
  readonly picture: (pictures: Tensor4D) => Penalty | Tensor1D;
}

/** How much an objective counts: the same for all pictures, or by a picture's place from 0, the first of those made together, to 1, the last. */
export type ObjectiveWeight = number | ((place: number) => number);

/** Objectives times their weights, added up. */
export interface ObjectiveSum {
  readonly sum: readonly (readonly [weight: ObjectiveWeight, objective: Objective])[];
}

/** An objective for some of the pictures that are made together; for the others it is 0. */
export interface ObjectiveOfSome {
  readonly pictures: readonly number[];
  readonly objective: Objective;
}

/** What pictures are to be great in: any target, a score of the pictures themselves, or a sum of such. */
export type Objective = Target | PictureObjective | ObjectiveSum | ObjectiveOfSome;

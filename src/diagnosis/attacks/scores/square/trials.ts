import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Attempt } from '../../../../network/incremental/attempts.ts';
import { type AttackBatch, aimOf, scoresOf, someOf } from '../../field/attackBatch.ts';
import { margin } from '../../field/losses.ts';
import { followed } from '../followed.ts';
import { type Picture, type Proposal, withProposal } from './proposals.ts';

/** A picture, by its row in the batch, and what is proposed for it. */
export interface Trial {
  readonly row: number;
  readonly picture: Picture;
  readonly proposal: Proposal;
}

/** How the losses of proposals are found. */
export interface Trials {
  /** By how much the label is beaten if what is proposed were taken, `[m]`; synchronous, in a `tf.tidy`. */
  losses(trials: readonly Trial[]): Tensor1D;
  /** Says of the last ones which are taken. */
  decide(accepted: readonly boolean[]): void;
  dispose(): void;
}

/**
 * One picture is followed: only what a proposal reaches is computed again, and what is accepted is kept. Several go through
 * whole passes together, which costs less each where a network is small.
 */
export function trialsOf(batch: AttackBatch): Trials {
  return batch.examples.length === 1 ? alone(batch) : together(batch);
}

function alone(batch: AttackBatch): Trials {
  const { run, losses, dispose } = followed(batch, 0);
  let attempt: Attempt | undefined;
  return {
    losses([trial]) {
      const { picture, proposal } = trial as Trial;
      const tensor: Tensor4D = tf.tensor(proposal.colors, [1, ...proposal.size, picture.size[2]]);
      attempt = run().attempt(new Map([[batch.site, { tensor, at: [proposal.at] }]]));
      return losses(attempt, 1);
    },
    decide([isAccepted]) {
      if (isAccepted) attempt?.accept();
      else attempt?.reject();
    },
    dispose,
  };
}

function together(batch: AttackBatch): Trials {
  return {
    losses(trials) {
      const some = someOf(
        batch,
        trials.map(({ row }) => row),
      );
      const size = batch.x.data.length / batch.examples.length;
      const data = new Float32Array(trials.length * size);
      trials.forEach(({ picture, proposal }, i) => data.set(withProposal(picture, proposal), i * size));
      const x = tf.tensor(data, [...some.x.shape]);
      return margin(scoresOf(some, x), aimOf(some)).values;
    },
    decide() {},
    dispose() {},
  };
}

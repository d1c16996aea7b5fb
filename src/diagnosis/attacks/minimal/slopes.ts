import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { onceInTurn } from '../../../backend/inTurn.ts';
import { oneHot } from '../../../backend/portable.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { type NdArray, rowOf } from '../../../numeric/ndarray.ts';
import { type AttackBatch, aimOf, climb, readScores, scoresOf } from '../field/attackBatch.ts';
import type { Norm } from '../field/attackOptions.ts';
import { type AttackLoss, margin } from '../field/losses.ts';

/** By how much a class lies above the one that an example is to leave, and how that changes with the example. */
export interface Slope {
  /** Below 0 as long as the class is not reached. */
  readonly value: number;
  readonly gradient: Float32Array;
}

/**
 * For each example, the slopes of some classes against its label, `rivals[i]` naming those of example i; all have as many.
 * Where there are goals, the one slope of the goal against the best of all others.
 */
export async function slopesOf(
  batch: AttackBatch,
  x: NdArray,
  rivals: readonly (readonly number[])[],
): Promise<readonly (readonly Slope[])[]> {
  const count = batch.labels.length;
  const ranks = batch.goals ? 1 : (rivals[0]?.length ?? 0);
  const found = await onceInTurn(() => {
    const aim = aimOf(batch);
    const { scores, gradientOf } = readScores(batch, rowsOf(x, 0, count), true);
    const read: Record<string, Tensor> = {};
    for (let rank = 0; rank < ranks; rank++) {
      const seeds = batch.goals
        ? margin(scores, aim).seeds
        : tf.sub<tf.Tensor2D>(
            oneHot(
              tf.tensor1d(
                rivals.map((list) => list[rank] as number),
                'int32',
              ),
              batch.classes,
            ),
            aim.labels,
          );
      read[`value${rank}`] = tf.sum(tf.mul(scores, seeds), 1);
      read[`gradient${rank}`] = gradientOf(seeds);
    }
    return read;
  }, batch.signal);
  return batch.labels.map((_, row) =>
    Array.from({ length: ranks }, (_, rank) => ({
      value: (found[`value${rank}`] as NdArray).data[row] as number,
      gradient: rowOf(found[`gradient${rank}`] as NdArray, row),
    })),
  );
}

/** A loss of changed examples, its gradient, and by how much each reaches its aim. */
export interface Look {
  readonly losses: Float32Array;
  readonly gradient: NdArray;
  readonly margins: Float32Array;
}

/** Looks at changed examples, by one forward and one backward pass. */
export async function lookAt(batch: AttackBatch, x: NdArray, loss: AttackLoss): Promise<Look> {
  const found = await onceInTurn(() => {
    const aim = aimOf(batch);
    const seen = climb(batch, rowsOf(x, 0, batch.labels.length), loss, aim);
    return { losses: seen.loss, gradient: seen.gradient, margins: margin(seen.scores, aim).values };
  }, batch.signal);
  return { losses: found.losses.data, gradient: found.gradient, margins: found.margins.data };
}

/** Where examples stand: by how much their aim is reached, above 0 if it is. */
export async function marginsOf(batch: AttackBatch, x: NdArray): Promise<Float32Array> {
  const { margins } = await onceInTurn(
    () => ({ margins: margin(scoresOf(batch, rowsOf(x, 0, batch.labels.length)), aimOf(batch)).values }),
    batch.signal,
  );
  return margins.data;
}

/** The classes that each example comes nearest to, but for its label, as many as there are or as are asked for. */
export async function rivalsOf(batch: AttackBatch, count: number): Promise<readonly (readonly number[])[]> {
  const { scores } = await onceInTurn(
    () => ({ scores: scoresOf(batch, rowsOf(batch.x, 0, batch.labels.length)) }),
    batch.signal,
  );
  return batch.labels.map((label, row) => {
    const all = rowOf(scores, row);
    const others = Array.from(all.keys()).filter((k) => k !== label);
    return others.sort((a, b) => (all[b] as number) - (all[a] as number)).slice(0, count);
  });
}

/** The length of a gradient by which a distance is divided: in the greatest norm the sum of its numbers. */
export function dualLength(gradient: ArrayLike<number>, norm: Norm): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) {
    const slope = gradient[i] as number;
    sum += norm === 'linf' ? Math.abs(slope) : slope * slope;
  }
  return norm === 'linf' ? sum : Math.sqrt(sum);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { AttackBatch } from '../field/attackBatch.ts';

/** Of the changes that an attack tries, the strongest of each example so far: one that reaches the aim, then the greatest loss. */
export interface Strongest {
  readonly reached: readonly boolean[];
  readonly losses: readonly number[];
  /** Which rows have now a stronger change than all before. */
  beatenBy(losses: ArrayLike<number>, reached: ArrayLike<number>): readonly boolean[];
}

/**
 * The strongest of no change yet.
 *
 * @param stopsEarly whether the first change that reaches the aim stays.
 */
export function strongestOf(count: number, stopsEarly: boolean): Strongest {
  const losses = new Array<number>(count).fill(Number.NEGATIVE_INFINITY);
  const isReached = new Array<boolean>(count).fill(false);
  return {
    reached: isReached,
    losses,
    beatenBy: (now, reached) =>
      isReached.map((wasReached, row) => {
        const [loss, reaches] = [now[row] as number, reached[row] === 1];
        const isStronger = reaches === wasReached ? loss > (losses[row] as number) : reaches;
        if (!isStronger || (stopsEarly && wasReached)) return false;
        losses[row] = loss;
        isReached[row] = reaches;
        return true;
      }),
  };
}

/** A batch for which only the passes of some rows count. */
export function countedFor(batch: AttackBatch, isCounted: (row: number) => boolean): AttackBatch {
  return { ...batch, examples: batch.examples.filter((_, row) => isCounted(row)) };
}

/** Rows of one tensor or the other. */
export function rowsWhere(flags: readonly boolean[], yes: Tensor, no: Tensor): Tensor {
  if (flags.every((flag) => flag)) return tf.clone(yes);
  if (!flags.includes(true)) return tf.clone(no);
  // Products with 1 and 0 are exact, and on wasm a hundred times as fast as to select or to gather.
  const mask = tf.tensor(flags.map(Number), [flags.length, ...yes.shape.slice(1).fill(1)]);
  return tf.add(tf.mul(yes, mask), tf.mul(no, tf.sub(1, mask)));
}

import type { Tensor1D } from '@tensorflow/tfjs-core';
import { type BaseRun, baseRun } from '../../../network/incremental/baseRun.ts';
import type { ChangedRun } from '../../../network/incremental/changedRun.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { readLogits } from '../../readLogits.ts';
import { type AttackBatch, aimOf, someOf } from '../field/attackBatch.ts';
import { margin } from '../field/losses.ts';

/** One example of a batch, run once, of which changes are followed. */
export interface Followed {
  /** The run, made when it is first asked for; in a `tf.tidy`. */
  run(): BaseRun;
  /** By how much the label is beaten in each of the rows of a changed run, `[m]`; counts them as passes. */
  losses(changed: ChangedRun, count: number): Tensor1D;
  dispose(): void;
}

/** Follows changes of one example of a batch. */
export function followed(batch: AttackBatch, row: number): Followed {
  const { network, inputs, site, head, passes } = batch;
  const example = batch.examples[row] as number;
  let run: BaseRun | undefined;
  return {
    run() {
      const own = inputs.map((input) => rowsOf(input, row, row + 1));
      run ??= baseRun(network, own, { at: [site], taps: [head.logits] });
      return run;
    },
    losses(changed, count) {
      passes.forward[example] = (passes.forward[example] as number) + count;
      const aim = aimOf(someOf(batch, new Array<number>(count).fill(row)));
      return margin(readLogits(changed.value(head.logits), head).scores, aim).values;
    },
    dispose: () => run?.dispose(),
  };
}

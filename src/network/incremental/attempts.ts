import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { Site } from '../graph/graph.ts';
import { type Change, isPatch, tensorOf, wholeRows } from './change.ts';
import type { Base } from './changedOutput.ts';
import { type ChangedRun, changedRun } from './changedRun.ts';
import { changedValues } from './changedValues.ts';

/** A changed run that waits for a decision; only the last one of a run may be accepted. */
export interface Attempt extends ChangedRun {
  accept(): void;
  reject(): void;
}

/** Changes that a run may go on from, one at a time. */
export interface Attempts {
  attempt(changes: ReadonlyMap<Site, Change>): Attempt;
  /** Frees what waits for a decision. */
  reject(): void;
}

/** Makes attempts; what is accepted takes the place of the values of the run. */
export function attemptsOn(base: Base, values: Map<number, Tensor>): Attempts {
  const waiting = new Set<Tensor>();
  const keep = (tensor: Tensor): Tensor => {
    waiting.add(tf.keep(tensor));
    return tensor;
  };
  const reject = (): void => {
    tf.dispose([...waiting]);
    waiting.clear();
  };
  return {
    reject,
    attempt(changes) {
      reject();
      const own = new Map([...changes].map(([site, change]) => [site, ownChange(change, keep)]));
      const { count, changed } = changedValues(base, own, keep);
      if (count !== 1) throw new VitrineError('bad-argument', `"changes" expected one row to go on from, got ${count}`);
      const accept = (): void => {
        putIn(values, changed);
        reject();
      };
      return { ...changedRun(values, { count, changed }), accept, reject };
    },
  };
}

function ownChange(change: Change, keep: (tensor: Tensor) => Tensor): Change {
  const copy = keep(tf.clone(tensorOf(change)));
  return isPatch(change) ? { ...change, tensor: copy as Tensor4D } : copy;
}

/** Puts what has changed in the place of what was. */
function putIn(values: Map<number, Tensor>, changed: ReadonlyMap<number, Change>): void {
  tf.tidy(() => {
    for (const [value, change] of changed) {
      const before = values.get(value);
      if (!before) continue;
      values.set(value, tf.keep(tf.clone(wholeRows(before, change, 1))));
      before.dispose();
    }
  });
}

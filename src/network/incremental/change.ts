import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { cropRegions, type Patch } from '../../backend/kernels/cropRegions.ts';

/** New values in each row of a batch: whole ones `[k, …]`, or patches of the plane `[1, h, w, c]` that a run has made. */
export type Change = Tensor | Patch;

/** Whether only parts of the planes are new. */
export function isPatch(change: Change): change is Patch {
  return 'at' in change;
}

/** The tensor that holds what is new. */
export function tensorOf(change: Change): Tensor {
  return isPatch(change) ? change.tensor : change;
}

/** The rows `[k, …]` of a value that is changed or, without a change, the same in all. */
export function wholeRows(base: Tensor, change: Change | undefined, count: number): Tensor {
  if (change === undefined) return count === 1 ? base : tf.tile(base, [count, ...base.shape.slice(1).map(() => 1)]);
  if (!isPatch(change)) return change;
  const [, rows, columns] = base.shape as Tensor4D['shape'];
  const at = change.at.map(() => [0, 0] as const);
  return cropRegions(base as Tensor4D, change, { at, size: [rows, columns], beyond: 0 });
}

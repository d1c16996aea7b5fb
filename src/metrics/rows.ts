import * as tf from '@tensorflow/tfjs-core';
import { type NdArray, sizeOf } from '../numeric/ndarray.ts';
import { besideOthers, hideable, masked } from '../scoring/masking.ts';
import type { Perturbation } from '../scoring/perturbedRuns.ts';
import { positionsOf } from './givenMap.ts';
import type { Measurement } from './measure.ts';

type Changed = Pick<Measurement, 'inputs' | 'index' | 'changed'>;

/** How each row of an example hides parts of the changed input. */
export interface Masks {
  /** What a hidden position looks like, in the shape of the input. */
  readonly hidden: NdArray;
  /** Whether each channel is masked by itself. */
  readonly elements?: boolean;
  /** Fills the mask of a row, which starts as zeros: 1 keeps, 0 hides. */
  readonly fill: (mask: Float32Array, example: number, row: number) => void;
}

/** Rows for `perturbedRuns` in which masks hide parts of one input. */
export function maskedRows(
  { inputs, index, changed }: Changed,
  { hidden, elements = false, fill }: Masks,
): Perturbation['rows'] {
  const example = changed.shape.slice(1);
  const shape = elements ? example : [...positionsOf(changed), ...(example.length > 1 ? [1] : [])];
  const size = sizeOf(shape);
  return (n, start, end) => {
    const masks = new Float32Array((end - start) * size);
    for (let row = start; row < end; row++) {
      fill(masks.subarray((row - start) * size, (row - start + 1) * size), n, row);
    }
    const tensor = tf.tensor(masks, [end - start, ...shape]);
    return besideOthers(masked(hideable(changed, hidden, n), tensor), { inputs, index, example: n });
  };
}

/** Rows for `perturbedRuns` that start as the example and that `change` writes into. */
export function changedRows(
  { inputs, index, changed }: Changed,
  change: (row: Float32Array, example: number, index: number) => void,
): Perturbation['rows'] {
  const shape = changed.shape.slice(1);
  const size = sizeOf(shape);
  return (n, start, end) => {
    const own = changed.data.subarray(n * size, (n + 1) * size);
    const data = new Float32Array((end - start) * size);
    for (let row = start; row < end; row++) {
      const values = data.subarray((row - start) * size, (row - start + 1) * size);
      values.set(own);
      change(values, n, row);
    }
    return besideOthers(tf.tensor(data, [end - start, ...shape]), { inputs, index, example: n });
  };
}

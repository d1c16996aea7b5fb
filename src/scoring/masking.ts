import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { rowsOf } from '../network/walk/inputs.ts';
import type { NdArray } from '../numeric/ndarray.ts';

/** An example and what it looks like where it is hidden, as tensors `[1, …]` of the caller's scope. */
export interface Hideable {
  readonly shown: Tensor;
  readonly hidden: Tensor;
}

/** One example of an input and of its baselines. */
export function hideable(input: NdArray, baselines: NdArray, example: number): Hideable {
  return { shown: rowsOf(input, example, example + 1), hidden: rowsOf(baselines, example, example + 1) };
}

/** hidden + mask · (shown − hidden): 1 keeps, 0 hides. Masks `[k, …]` broadcast over the input's last axes. */
export function masked({ shown, hidden }: Hideable, masks: Tensor): Tensor {
  return tf.add(hidden, tf.mul(masks, tf.sub(shown, hidden)));
}

/** One example as several rows: of the inputs that a method leaves as they are. */
export function repeated(input: NdArray, example: number, rows: number): Tensor {
  const row = rowsOf(input, example, example + 1);
  return rows === 1 ? row : tf.tile(row, [rows, ...row.shape.slice(1).map(() => 1)]);
}

/** The rows of an example for all inputs of a model: those of one as they were changed, the others as they are. */
export function besideOthers(
  changed: Tensor,
  { inputs, index, example }: { readonly inputs: readonly NdArray[]; readonly index: number; readonly example: number },
): readonly Tensor[] {
  return inputs.map((input, i) => (i === index ? changed : repeated(input, example, changed.shape[0] as number)));
}

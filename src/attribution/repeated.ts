import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { rowsOf } from '../network/inputs.ts';
import type { NdArray } from '../numeric/ndarray.ts';

/** One example as several rows: of the inputs that a method leaves as they are. */
export function repeated(input: NdArray, example: number, rows: number): Tensor {
  const row = rowsOf(input, example, example + 1);
  return rows === 1 ? row : tf.tile(row, [rows, ...row.shape.slice(1).map(() => 1)]);
}

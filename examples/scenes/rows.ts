import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Numbers with their shape, as vitrine's arrays and more loosely typed. */
export interface Rows {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Arrays of one example each `[1, …]` as one array. */
export function joined(arrays: readonly Rows[]): Rows {
  const [first] = arrays;
  if (!first) throw new RangeError('"arrays" expected at least one, got none');
  const data = new Float32Array(arrays.length * first.data.length);
  arrays.forEach((array, i) => data.set(array.data, i * first.data.length));
  return { shape: [arrays.length, ...first.shape.slice(1)], data };
}

/** The same as a tensor. */
export function stacked(arrays: readonly Rows[]): Tensor {
  const { shape, data } = joined(arrays);
  return tf.tensor(data, [...shape]);
}

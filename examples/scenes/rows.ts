import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Arrays of one example each `[1, …]` as one tensor. */
export function stacked(arrays: readonly { readonly shape: readonly number[]; readonly data: Float32Array }[]): Tensor {
  const [first] = arrays;
  if (!first) throw new RangeError('"arrays" expected at least one, got none');
  const data = new Float32Array(arrays.length * first.data.length);
  arrays.forEach((array, i) => data.set(array.data, i * first.data.length));
  return tf.tensor(data, [arrays.length, ...first.shape.slice(1)]);
}

import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Rows that are 1 at an index and 0 elsewhere; tfjs's own refuses a depth of 1. */
export function oneHot(indices: Tensor1D, depth: number): Tensor2D {
  return tf.cast(tf.equal(tf.expandDims(indices, 1), tf.range(0, depth, 1, 'int32')), 'float32') as Tensor2D;
}

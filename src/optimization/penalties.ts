import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** A penalty of each example, and its gradient. */
export interface Penalty {
  /** `[n]` */
  readonly value: Tensor1D;
  /** In the shape of what is penalised. */
  readonly gradient: Tensor;
}

/**
 * How much neighbours differ: $\sum_{ij} |x_{i+1,j} - x_{ij}|^\beta + |x_{i,j+1} - x_{ij}|^\beta$ for each example.
 *
 * @param x `[n, rows, columns]`, or with channels, over which is summed.
 * @param beta at least 1.
 */
export function totalVariation(x: Tensor, beta: number): Penalty {
  const vertical = variationAlong(x, 1, beta);
  const horizontal = variationAlong(x, 2, beta);
  return {
    value: tf.add(vertical.value, horizontal.value),
    gradient: tf.add(vertical.gradient, horizontal.gradient),
  };
}

function variationAlong(x: Tensor, axis: number, beta: number): Penalty {
  const others = (x.shape[axis] as number) - 1;
  const difference = tf.sub(part(x, axis, [1, others]), part(x, axis, [0, others]));
  const size = tf.abs(difference);
  const slope = tf.mul(tf.mul(tf.pow(size, beta - 1), beta), tf.sign(difference));
  const padding = (before: number, after: number): [number, number][] =>
    x.shape.map((_, i) => (i === axis ? [before, after] : [0, 0]));
  return {
    value: tf.sum(tf.reshape(tf.pow(size, beta), [x.shape[0] as number, -1]), 1) as Tensor1D,
    gradient: tf.sub(tf.pad(slope, padding(1, 0)), tf.pad(slope, padding(0, 1))),
  };
}

function part(x: Tensor, axis: number, [start, length]: readonly [number, number]): Tensor {
  const begin = x.shape.map((_, i) => (i === axis ? start : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((full, i) => (i === axis ? length : full)),
  );
}

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

/**
 * How steep a picture is: $\sum_{ij} \bigl((x_{i+1,j} - x_{ij})^2 + (x_{i,j+1} - x_{ij})^2\bigr)^{\beta/2}$ for each
 * example, the last row and column replicated. In the gradient, as in the authors' code, a term counts as 1e-5 at least.
 *
 * Source: Mahendran and Vedaldi 2015, "Understanding deep image representations by inverting them", §2.
 *
 * @param x `[n, rows, columns]`, or with channels, over which is summed.
 * @param beta at least 1.
 */
export function steepness(x: Tensor, beta: number): Penalty {
  const [down, right] = [differences(x, 1), differences(x, 2)];
  const power = tf.pow(tf.add(tf.square(down), tf.square(right)), beta / 2);
  // Without the floor what is even would have no finite factor for β < 2.
  const factor = tf.mul(tf.pow(tf.maximum(power, 1e-5), (beta - 2) / beta), beta);
  const back = (slope: Tensor, axis: number): Tensor => tf.sub(shifted(slope, axis), slope);
  return {
    value: sumOfEach(power),
    gradient: tf.add(back(tf.mul(factor, down), 1), back(tf.mul(factor, right), 2)),
  };
}

/** How far numbers are from zero: $\sum |x|^\alpha$ for each example, α at least 1. */
export function magnitude(x: Tensor, alpha: number): Penalty {
  const size = tf.abs(x);
  return {
    value: sumOfEach(tf.pow(size, alpha)),
    gradient: tf.mul(tf.mul(tf.pow(size, alpha - 1), alpha), tf.sign(x)),
  };
}

/** How far numbers are from others: $\|m \odot (x - y)\|^2$ for each example. */
export function squaredDistance(x: Tensor, y: Tensor, mask: Tensor): Penalty {
  const difference = tf.mul(tf.sub(x, y), mask);
  return { value: sumOfEach(tf.square(difference)), gradient: tf.mul(tf.mul(difference, mask), 2) };
}

/** Next less this along an axis, 0 at its end. */
function differences(x: Tensor, axis: number): Tensor {
  const others = (x.shape[axis] as number) - 1;
  const inner = tf.sub(part(x, axis, [1, others]), part(x, axis, [0, others]));
  return tf.pad(inner, paddingOf(x, axis, [0, 1]));
}

/** Each number where the next one was, and 0 at the begin of the axis. */
function shifted(x: Tensor, axis: number): Tensor {
  return tf.pad(part(x, axis, [0, (x.shape[axis] as number) - 1]), paddingOf(x, axis, [1, 0]));
}

function variationAlong(x: Tensor, axis: number, beta: number): Penalty {
  const others = (x.shape[axis] as number) - 1;
  const difference = tf.sub(part(x, axis, [1, others]), part(x, axis, [0, others]));
  const size = tf.abs(difference);
  const slope = tf.mul(tf.mul(tf.pow(size, beta - 1), beta), tf.sign(difference));
  return {
    value: sumOfEach(tf.pow(size, beta)),
    gradient: tf.sub(tf.pad(slope, paddingOf(x, axis, [1, 0])), tf.pad(slope, paddingOf(x, axis, [0, 1]))),
  };
}

function sumOfEach(x: Tensor): Tensor1D {
  return tf.sum(tf.reshape(x, [x.shape[0] as number, -1]), 1) as Tensor1D;
}

function paddingOf(x: Tensor, axis: number, padding: [before: number, after: number]): [number, number][] {
  return x.shape.map((_, i) => (i === axis ? padding : [0, 0]));
}

function part(x: Tensor, axis: number, [start, length]: readonly [number, number]): Tensor {
  const begin = x.shape.map((_, i) => (i === axis ? start : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((full, i) => (i === axis ? length : full)),
  );
}

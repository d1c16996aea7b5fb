import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Penalty } from '../../../optimization/penalties.ts';

/** Halvings of an interval of 2, which leave less than 1e-6. */
const HALVINGS = 21;

/**
 * How far masks are from having one area, each: $\mathrm{mean}\,(\mathrm{sort}(M) - r_a)^2$ with $r_a$ all zeros but for
 * a share $a$ of ones at the end. Fong, Patrick and Vedaldi 2019, §3.
 *
 * To sort is to decide which pixels shall become 1, those beyond a quantile, which is found by bisection: no sorting, and
 * nothing is read. Equal pixels share their places in the order, so that no corner of an even mask is preferred.
 *
 * @param masks `[b, h, w]` in 0…1.
 * @param area a share of all pixels.
 */
export function areaPenalty(masks: Tensor3D, area: number): Penalty {
  const pixels = masks.shape[1] * masks.shape[2];
  const flat = tf.reshape(masks, [-1, pixels]) as Tensor2D;
  const ideal = idealMasks(flat, area * pixels);
  const gap = tf.sub(flat, ideal);
  // Equal pixels that share a place p are 1 with probability p: their squared distance has this variance.
  const spread = tf.mul(ideal, tf.sub(1, ideal));
  return {
    value: tf.mean(tf.add(tf.square(gap), spread), 1),
    gradient: tf.reshape(tf.mul(gap, 2 / pixels), masks.shape),
  };
}

/** 1 for the `wanted` greatest pixels of each row and 0 for the others; what is equal at the border shares the rest. */
function idealMasks(masks: Tensor2D, wanted: number): Tensor2D {
  const rows = masks.shape[0];
  let [low, high]: [Tensor2D, Tensor2D] = [tf.fill([rows, 1], -1), tf.fill([rows, 1], 1)];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = tf.div<Tensor2D>(tf.add(low, high), 2);
    const tooFew = tf.step(tf.sub<Tensor2D>(wanted, sumOf(beyond(masks, middle))));
    low = mixed(tooFew, low, middle);
    high = mixed(tooFew, middle, high);
  }
  const surely = beyond(masks, high);
  const perhaps = tf.sub<Tensor2D>(beyond(masks, low), surely);
  const share = tf.div(tf.sub(wanted, sumOf(surely)), sumOf(perhaps));
  return tf.add(surely, tf.mul(perhaps, share));
}

/** 1 where a pixel is greater than its row's threshold, else 0. Comparisons that broadcast are slow on wasm. */
function beyond(masks: Tensor2D, threshold: Tensor2D): Tensor2D {
  return tf.step(tf.sub<Tensor2D>(masks, threshold));
}

function sumOf(rows: Tensor2D): Tensor2D {
  return tf.sum(rows, 1, true);
}

/** The first where the condition is 1, the second where it is 0. */
function mixed(condition: Tensor2D, first: Tensor2D, second: Tensor2D): Tensor2D {
  return tf.add(second, tf.mul(condition, tf.sub(first, second)));
}

import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../../backend/portable.ts';
import { VitrineError } from '../../../numeric/errors.ts';

/** What rows are to be, as rows of zeros with a single 1. */
export interface Aim {
  /** The class that each row truly is. */
  readonly labels: Tensor2D;
  /** The class that each is to become; none where any other will do. */
  readonly goals?: Tensor2D | undefined;
}

/** What an attack makes great, per row, and its gradient with respect to the scores of the classes. */
interface Loss {
  readonly values: Tensor1D;
  readonly seeds: Tensor2D;
}

/** A loss of the scores `[m, k]` of all classes, written for ascent: the greater, the nearer an attack is to its aim. */
export type AttackLoss = (scores: Tensor2D, aim: Aim) => Loss;

/**
 * The cross-entropy of the label, or less that of the goal. It saturates: where the logits are far apart its gradient is 0 in
 * 32 bits.
 */
export const crossEntropy: AttackLoss = (scores, { labels, goals }) => {
  const [chosen, sign] = goals ? [goals, 1] : [labels, -1];
  return {
    values: tf.mul(sign, tf.sum(tf.mul(tf.logSoftmax(scores), chosen), 1)),
    seeds: tf.mul(sign, tf.sub(chosen, tf.softmax(scores))),
  };
};

/** By how much the best of the classes that an attack may reach lies above the best of the others; above 0 it has succeeded. */
export const margin: AttackLoss = (scores, { labels, goals }) => {
  const [aims, others] = goals ? [goals, greatestBut(scores, goals)] : [greatestBut(scores, labels), labels];
  const seeds = tf.sub<Tensor2D>(aims, others);
  return { values: tf.sum(tf.mul(scores, seeds), 1), seeds };
};

/**
 * By how much the label is beaten, over how far the first classes lie apart: the same for logits that are all multiplied, so
 * that it has a gradient where that of the cross-entropy has vanished. Of a model of at least 3 classes, and with a goal of 4.
 */
// Eq. (6) and (7), Croce and Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse attacks".
const dlr: AttackLoss = (scores, { labels, goals }) => {
  const [first, , third, fourth] = ranked(scores, goals ? 4 : 3) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D?];
  const rise = tf.sub<Tensor2D>(goals ?? greatestBut(scores, labels), labels);
  const others = fourth ? tf.mul<Tensor2D>(0.5, tf.add(third, fourth)) : third;
  const spread = tf.sub<Tensor2D>(first, others);
  const dot = (weights: Tensor2D): Tensor2D => tf.sum(tf.mul(scores, weights), 1, true);
  const width = tf.add(dot(spread), 1e-12);
  const ratio = tf.div<Tensor2D>(dot(rise), width);
  return { values: tf.squeeze(ratio, [1]), seeds: tf.div(tf.sub(rise, tf.mul(ratio, spread)), width) };
};

/** The losses that an attack may climb, by name. */
export type LossName = 'crossEntropy' | 'dlr' | 'margin';

export const lossNames: readonly LossName[] = ['crossEntropy', 'dlr', 'margin'];

/** A loss by its name, for so many classes. */
export function lossNamed(
  name: LossName,
  { classes, isTargeted }: { readonly classes: number; readonly isTargeted: boolean },
): AttackLoss {
  const least = isTargeted ? 4 : 3;
  if (name === 'dlr' && classes < least)
    throw new VitrineError(
      'bad-argument',
      `"loss" expected 'crossEntropy' or 'margin', since 'dlr' compares ${least} classes${isTargeted ? ' where there is a goal' : ''} and the output has ${classes}, got 'dlr'`,
    );
  return { crossEntropy, dlr, margin }[name];
}

/** The greatest scores of each row one after the other, each as a row with a single 1; of equal ones the first comes first. */
function ranked(scores: Tensor2D, count: number): readonly Tensor2D[] {
  const places: Tensor2D[] = [];
  let passed = tf.zerosLike(scores);
  for (let i = 0; i < count; i++) {
    const place = greatestBut(scores, passed);
    places.push(place);
    passed = tf.add(passed, place);
  }
  return places;
}

/** The greatest score of each row, but for that of a class or more, as a row with a single 1. */
function greatestBut(scores: Tensor2D, but: Tensor2D): Tensor2D {
  return oneHot(tf.argMax(withoutClass(scores, but), 1) as Tensor1D, scores.shape[1]);
}

// What is left out must lose against every score, also where 1 is less than their rounding, and stay finite: 0 × infinity is none.
function withoutClass(scores: Tensor2D, but: Tensor2D): Tensor2D {
  const least = tf.min(scores, 1, true);
  const low = tf.sub(least, tf.add(tf.abs(least), 1));
  return tf.add(tf.mul(scores, tf.sub(1, but)), tf.mul(low, but));
}

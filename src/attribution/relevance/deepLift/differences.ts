import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { where } from '../../../backend/anyRank.ts';
import type { RuleIo } from '../../../network/composite.ts';

/** Δ of the first input, or of the output: its value less that in the reference run. */
export function differenceOf(io: RuleIo, end: 'inputs' | 'output'): Tensor {
  if (end === 'output') return tf.sub(io.output, io.reference.output);
  return tf.sub(io.inputs[0] as Tensor, io.reference.inputs[0] as Tensor);
}

/** Of two values the one for positive and the one for negative differences, and their mean where there is none. */
export function bySign(difference: Tensor, positive: Tensor, negative: Tensor): Tensor {
  const mean = tf.mul(tf.add(positive, negative), 0.5);
  const chosen = where(tf.greater(difference, 0), positive, negative);
  return where(tf.equal(difference, 0), mean, chosen);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { where } from '../../../backend/portable.ts';
import { gradientRule, type Rule, type RuleIo } from '../../../network/walk/composite.ts';

/** The positive and the negative contributions to the difference of a value: Δ⁺ + Δ⁻ = Δ. */
export interface Contributions {
  readonly positive: Tensor;
  readonly negative: Tensor;
  /** Of an activation: what its multipliers are for each of them. */
  readonly slopes?: readonly [Tensor, Tensor];
}

/** A difference as it is where nothing is known about what it is made of: its own sign decides. */
export function contributionsTo(difference: Tensor): Contributions {
  return { positive: tf.relu(difference), negative: tf.minimum(difference, 0) };
}

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

/** Sums, means and what only moves values: contributions go through it as values do, and stay apart. */
export const passedOn: Rule<Contributions> = {
  name: 'passedOn',
  needs: ['state'],
  forward: (operation, { inputShapes }, states) => {
    // Nothing that is explained reaches an input without a state: it is the same in both runs.
    const side = (name: 'positive' | 'negative'): Tensor =>
      operation.forward(inputShapes.map((shape, i) => states[i]?.[name] ?? tf.zeros([...shape])));
    return { positive: side('positive'), negative: side('negative') };
  },
  backward: (operation, io, streams) => gradientRule.backward(operation, io as never, streams),
};

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { gradientRule, type Rule } from '../../../network/composite.ts';
import type { Contributions } from './contributions.ts';

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

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';
import { type Contributions, contributionsTo } from './contributions.ts';
import { bySign, differenceOf } from './differences.ts';

/**
 * A rule for whole differences among rules for contributions: these begin anew behind it, as the positive and the
 * negative part of Δy. One of the two is Δy then, so that its multiplier is the one to pass back.
 */
export function restarted(rule: Rule): Rule<Contributions> {
  return {
    name: rule.name,
    needs: [...rule.needs, 'output', 'reference', 'state'],
    forward: (_operation, io) => contributionsTo(differenceOf(io, 'output')),
    backward: (operation, io, [up, down]) => {
      const stream = bySign(differenceOf(io, 'output'), up as Tensor, down as Tensor);
      return rule
        .backward(operation, io as never, [stream])
        .map(([multiplier]) => [multiplier as Tensor, tf.clone(multiplier as Tensor)]);
    },
  };
}

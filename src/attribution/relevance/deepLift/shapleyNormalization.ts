import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerMoments } from '../../../network/graph/operation.ts';
import { alongAxes, axesIn, standardization, withoutMean } from '../../../network/operations/layerNormalization.ts';
import type { Rule } from '../../../network/walk/composite.ts';

/**
 * Layer normalisation, γ ⊙ c · r + β with c = x − mean x and r = 1/√(mean c² + ε), in three steps that each add up to the
 * difference that they explain: c · r and c² are products, whose factors get their Shapley values, and r is a function
 * of one number, to which Rescale applies, Δr / Δσ² = −(r r′)² / (r + r′). Where the mean counts as 0, c is x.
 */
export const shapleyNormalization: Rule = {
  name: 'shapley',
  needs: ['inputs', 'reference'],
  backward: (operation, io, streams) => {
    const [moments, { gamma }] = [operation.moments as LayerMoments, operation.parameters];
    const here = standardization(io.inputs[0] as Tensor, moments);
    const there = standardization(io.reference.inputs[0] as Tensor, moments);
    const factor = mean(here.factor, there.factor);
    const centred = mean(here.centred, there.centred);
    const slope = slopeOfFactor(here.factor, there.factor);
    const back = (stream: Tensor): Tensor => {
      const signal = alongAxes(stream, gamma, { moments, combine: tf.mul });
      const axes = axesIn(moments, signal.rank);
      // Δσ² is the mean of (c + c′) Δc.
      const toVariance = tf.mul(tf.sum(tf.mul(signal, centred), axes, true), slope);
      const share = tf.div(tf.mul(centred, toVariance), countOf(signal, axes) / 2);
      return withoutMean(tf.add(tf.mul(signal, factor), share), moments);
    };
    return [streams.map(back)];
  },
};

function mean(a: Tensor, b: Tensor): Tensor {
  return tf.mul(tf.add(a, b), 0.5);
}

function slopeOfFactor(r: Tensor, r0: Tensor): Tensor {
  return tf.neg(tf.div(tf.square(tf.mul(r, r0)), tf.add(r, r0)));
}

function countOf({ shape }: Tensor, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * (shape[axis] as number), 1);
}

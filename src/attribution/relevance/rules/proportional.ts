import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';

/** R_i = x_i ⊙ Σ_j ∂z_j/∂x_i · R_j / z_j for whatever is linear in its inputs, with a quotient of its own. */
export function proportional(name: string, quotient: (relevance: Tensor, z: Tensor) => Tensor): Rule {
  return {
    name,
    needs: ['inputs', 'output'],
    backward: (operation, io, streams) => {
      const perStream = streams.map((relevance) => operation.pullback(quotient(relevance, io.output), io));
      return io.inputs.map((input, i) => perStream.map((backs) => tf.mul(input, backs[i] as Tensor)));
    },
  };
}

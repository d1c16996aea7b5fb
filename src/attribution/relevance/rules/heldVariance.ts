import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { stabilisedQuotient } from '../../../backend/kernels/elementwise.ts';
import type { Rule } from '../../../network/composite.ts';
import type { LayerMoments } from '../../../network/operation.ts';
import { alongAxes, standardization, withoutMean } from '../../../network/operations/layerNormalization.ts';
import { STABILISER } from './distribution.ts';

/**
 * The rule of layer normalisation: the standard deviation counts as a constant of the example, so that what is left is
 * linear, $y_j = \gamma_j \frac{x_j - \bar x}{\sigma} + \beta_j$, and goes by LRP-ε.
 *
 * $R_i = \sum_j \frac{x_i (\delta_{ij} - 1/N) \gamma_j / \sigma}{y_j} R_j$. Group normalisation is that of each group;
 * where the mean counts as 0, σ is the root mean square and 1/N falls away.
 *
 * Source: Ali et al. 2022, "XAI for transformers: better explanations through conservative propagation", §3.3.
 */
export const heldVariance: Rule = {
  name: 'heldVariance',
  needs: ['inputs', 'output'],
  backward: (operation, io, streams) => {
    const [moments, { gamma }] = [operation.moments as LayerMoments, operation.parameters];
    const x = io.inputs[0] as Tensor;
    const { factor } = standardization(x, moments);
    const back = (relevance: Tensor): Tensor => {
      const quotient = stabilisedQuotient(relevance, io.output, STABILISER);
      return withoutMean(tf.mul(alongAxes(quotient, gamma, { moments, combine: tf.mul }), factor), moments);
    };
    return [streams.map((relevance) => tf.mul(x, back(relevance)))];
  },
};

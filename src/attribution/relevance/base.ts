import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { stabilisedQuotient } from '../../backend/kernels/elementwise.ts';
import type { LayerMoments } from '../../network/graph/operation.ts';
import { activationKinds, movingKinds, summingKinds } from '../../network/graph/operationKinds.ts';
import { alongAxes, standardization, withoutMean } from '../../network/operations/layerNormalization.ts';
import { type Composite, gradientRule, type Rule } from '../../network/walk/composite.ts';
import { refusal } from '../refusal.ts';
import { STABILISER } from './distribution.ts';
import { epsilon, norm, pass, signal } from './rules.ts';

/**
 * What all composites have in common: everything but convolutions and dense layers. What cannot be told how to divide
 * is refused by name, since a gradient among relevances would say nothing.
 */
export function base(method: string): Composite {
  return [
    [activationKinds, pass()],
    [[...summingKinds, 'subtract', 'averagePool', 'globalAveragePool'], norm()],
    [({ interpolation }) => interpolation === 'bilinear', norm()],
    // To the winner, the first of several.
    [['maxPool', 'globalMaxPool', 'maximum', 'minimum'], gradientRule],
    [movingKinds, gradientRule],
    ['multiply', signal()],
    ['affine', alone(epsilon())],
    [({ moments }) => moments !== undefined, heldVariance],
    [
      () => true,
      refusal(
        method,
        ({ kind, address, layerClass }) => `has no rule for ${kind} in layer "${address}" (${layerClass})`,
        ({ address }) => `put one first in "rules", for example [{ address: "${address}" }, rules.pass()]`,
      ),
    ],
  ];
}

/** A batch normalisation that is merged with a linear operation goes by the rule of that. */
function alone(rule: Rule): Rule {
  return { ...rule, yields: true };
}

/**
 * The rule of layer normalisation: the standard deviation counts as a constant of the example, so that what is left is
 * linear, $y_j = \gamma_j \frac{x_j - \bar x}{\sigma} + \beta_j$, and goes by LRP-ε.
 *
 * $R_i = \sum_j \frac{x_i (\delta_{ij} - 1/N) \gamma_j / \sigma}{y_j} R_j$. Group normalisation is that of each group;
 * where the mean counts as 0, σ is the root mean square and 1/N falls away.
 *
 * Source: Ali et al. 2022, "XAI for transformers: better explanations through conservative propagation", §3.3.
 */
const heldVariance: Rule = {
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

import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';
import { unweighted } from './unweighted.ts';

/**
 * LRP-w²: relevance in proportion to the squared weights, whatever the input holds.
 *
 * $R_i = \sum_j \frac{w_{ij}^2}{\sum_k w_{kj}^2 + b_j^2} R_j$. For a first layer that reads any real numbers.
 *
 * Source: Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor decomposition", §4.1.
 *
 * @returns a rule for linear operations.
 * @throws {Error} when it is run, on an operation without a kernel.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const composite = [[{ position: 'first' }, rules.wSquare()], ...composites.epsilonPlus()] as const;
 * const { values } = await lrp(model, x, { composite });
 * ```
 */
export function wSquare(): Rule {
  return unweighted('wSquare', tf.square, tf.square);
}

import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';
import { unweighted } from './unweighted.ts';

/**
 * LRP-flat: relevance in equal parts to all that an output reads, whatever it holds.
 *
 * $R_i = \sum_j \frac{1}{\sum_k 1} R_j$. For the first layer, where a map shall be smooth; padding gets nothing.
 *
 * Source: Lapuschkin et al. 2019, "Unmasking Clever Hans predictors and assessing what machines really learn".
 *
 * @returns a rule for linear operations.
 * @throws {Error} when it is run, on an operation without a kernel.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['conv2d', rules.flat()], ...composites.epsilonPlus()] });
 * ```
 */
export function flat(): Rule {
  return unweighted('flat', tf.onesLike);
}

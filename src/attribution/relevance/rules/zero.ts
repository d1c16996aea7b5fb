import { divNoNan } from '../../../backend/anyRank.ts';
import type { Rule } from '../../../network/composite.ts';
import { proportional } from './proportional.ts';

/**
 * LRP-0: relevance in proportion to what each input gives to the output, biases included in the whole.
 *
 * $R_i = \sum_j \frac{a_i w_{ij}}{z_j} R_j$ with $z_j = \sum_i a_i w_{ij} + b_j$, and nothing where $z_j = 0$. On a
 * network of ReLUs it gives gradient times input.
 *
 * Source: Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
 * propagation", Eq. (56).
 *
 * @returns a rule for linear operations, sums and means.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.zero()) });
 * ```
 */
export function zero(): Rule {
  return proportional('zero', divNoNan);
}

import type { Rule } from '../../../network/composite.ts';
import { alphaBeta } from './alphaBeta.ts';

/**
 * LRP-z⁺: relevance to what speaks for an output alone; relevance that is not negative stays so.
 *
 * $R_i = \sum_j \frac{(a_i w_{ij})^+}{\sum_k (a_k w_{kj})^+ + b_j^+} R_j$, which is $\alpha_1\beta_0$.
 *
 * Source: Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor decomposition", §4.2.
 *
 * @returns a rule for linear operations.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.zPlus()) });
 * ```
 */
export function zPlus(): Rule {
  return { ...alphaBeta(1, 0), name: 'zPlus' };
}

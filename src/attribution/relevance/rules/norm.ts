import type { Rule } from '../../../network/composite.ts';
import { epsilon } from './epsilon.ts';

/**
 * The rule of sums and means: each operand gets its part of the result.
 *
 * $R_i = \frac{a_i}{\sum_k a_k} R$, weighted where the operation weighs. Without it a residual network would double
 * its relevance at each addition.
 *
 * Source: Bach et al. 2015, Eq. (56), with the stabiliser of Eq. (58).
 *
 * @returns a rule for additions, averages, average pooling and bilinear resizing.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['add', rules.norm()], ...composites.epsilonPlus()] });
 * ```
 */
export function norm(): Rule {
  return { ...epsilon(), name: 'norm' };
}

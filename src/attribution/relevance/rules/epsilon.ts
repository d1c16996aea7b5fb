import { stabilisedQuotient } from '../../../backend/kernels/elementwise.ts';
import type { Rule } from '../../../network/composite.ts';
import { assertNumber } from '../../../numeric/check.ts';
import { STABILISER } from './distribution.ts';
import { proportional } from './proportional.ts';

/**
 * LRP-ε: as LRP-0, with small outputs damped.
 *
 * $R_i = \sum_j \frac{a_i w_{ij}}{z_j + \varepsilon\,\mathrm{sign}(z_j)} R_j$, where $\mathrm{sign}(0) = 1$.
 *
 * Source: Bach et al. 2015, Eq. (58).
 *
 * @param e ε, above 0.
 * @returns a rule for linear operations, sums and means.
 * @throws {RangeError} if ε is not above 0.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.epsilon(0.1)) });
 * ```
 */
export function epsilon(e: number = STABILISER): Rule {
  assertNumber('e', e, Number.MIN_VALUE);
  return proportional('epsilon', (relevance, z) => stabilisedQuotient(relevance, z, e));
}

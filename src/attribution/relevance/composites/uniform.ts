import type { Composite, Rule } from '../../../network/composite.ts';
import { base } from './base.ts';

/**
 * One rule for all convolutions and dense layers.
 *
 * Source: Bach et al. 2015, §2.
 *
 * @param rule any rule for linear operations.
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.gamma()) });
 * ```
 */
export function uniform(rule: Rule): Composite {
  return [[({ linear }) => linear, rule], ...base('lrp', 'composite')];
}

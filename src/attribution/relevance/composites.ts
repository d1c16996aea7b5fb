import { convolutionKinds } from '../../network/graph/operationKinds.ts';
import { isRule } from '../../network/walk/assertComposite.ts';
import type { Composite, Rule } from '../../network/walk/composite.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { base } from './base.ts';
import { alphaBeta, epsilon, flat, gamma, zBox, zPlus } from './rules.ts';

// All that `composites.*` has: which rule is for convolutions, dense layers and the first layers; the rest is in `base.ts`.

/**
 * z⁺ for convolutions and ε for dense layers: calm, mostly positive maps.
 *
 * Source: Kohlbrenner et al. 2020, "Towards best practice in explaining neural network decisions with LRP", §3.
 *
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @example
 * ```ts
 * import { composites, lrp } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonPlus() });
 * ```
 */
export function epsilonPlus(): Composite {
  return [[convolutionKinds, zPlus()], ['dense', epsilon()], ...base('lrp')];
}

/**
 * z⁺ for convolutions, ε for dense layers, and flat for the first layers, which smooths the map.
 *
 * Source: Kohlbrenner et al. 2020, "Towards best practice in explaining neural network decisions with LRP", §3.
 *
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @example
 * ```ts
 * import { composites, lrp } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonPlusFlat() });
 * ```
 */
export function epsilonPlusFlat(): Composite {
  return [[{ position: 'first' }, flat()], ...epsilonPlus()];
}

/**
 * zᴮ for the first layers, γ = 0.25 for other convolutions, and ε for dense layers.
 *
 * Source: Montavon et al. 2019, "Layer-wise relevance propagation: an overview", §10.3.
 *
 * @param low the least value of the input, of all channels or of each.
 * @param high the greatest value likewise.
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @throws {VitrineError} if a bound is not finite, `low` is above `high`, or both are lists of different lengths.
 * @example
 * ```ts
 * import { composites, lrp } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonGammaBox(-1, 1) });
 * ```
 */
export function epsilonGammaBox(low: number | readonly number[], high: number | readonly number[]): Composite {
  return [
    [{ position: 'first' }, zBox(low, high)],
    [convolutionKinds, gamma(0.25)],
    ['dense', epsilon()],
    ...base('lrp'),
  ];
}

/**
 * α2β1 for convolutions and ε for dense layers: what speaks for and against.
 *
 * Source: Kohlbrenner et al. 2020, "Towards best practice in explaining neural network decisions with LRP", §3.
 *
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @example
 * ```ts
 * import { composites, lrp } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonAlpha2Beta1() });
 * ```
 */
export function epsilonAlpha2Beta1(): Composite {
  return [[convolutionKinds, alphaBeta(2, 1)], ['dense', epsilon()], ...base('lrp')];
}

/**
 * α2β1 for convolutions, ε for dense layers, and flat for the first layers.
 *
 * Source: Kohlbrenner et al. 2020, "Towards best practice in explaining neural network decisions with LRP", §3.
 *
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @example
 * ```ts
 * import { composites, lrp } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonAlpha2Beta1Flat() });
 * ```
 */
export function epsilonAlpha2Beta1Flat(): Composite {
  return [[{ position: 'first' }, flat()], ...epsilonAlpha2Beta1()];
}

/**
 * One rule for all convolutions and dense layers.
 *
 * Source: Bach et al. 2015, §2.
 *
 * @param rule any rule for linear operations.
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @throws {VitrineError} if it is no rule.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.gamma()) });
 * ```
 */
export function uniform(rule: Rule): Composite {
  if (!isRule(rule)) {
    throw new VitrineError('bad-argument', `"rule" expected a rule, such as rules.epsilon(), got ${describe(rule)}`);
  }
  return [[({ linear }) => linear, rule], ...base('lrp')];
}

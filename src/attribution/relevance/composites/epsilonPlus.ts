import type { Composite } from '../../../network/composite.ts';
import { convolutionKinds } from '../../../network/operationKinds.ts';
import { epsilon } from '../rules/epsilon.ts';
import { zPlus } from '../rules/zPlus.ts';
import { base } from './base.ts';

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
  return [[convolutionKinds, zPlus()], ['dense', epsilon()], ...base('lrp', 'composite')];
}

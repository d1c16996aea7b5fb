import type { Composite } from '../../../network/composite.ts';
import { flat } from '../rules/flat.ts';
import { epsilonPlus } from './epsilonPlus.ts';

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

import type { Composite } from '../../../network/composite.ts';
import { flat } from '../rules/flat.ts';
import { epsilonAlpha2Beta1 } from './epsilonAlpha2Beta1.ts';

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

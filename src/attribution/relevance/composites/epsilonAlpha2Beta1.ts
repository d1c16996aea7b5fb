import type { Composite } from '../../../network/composite.ts';
import { convolutionKinds } from '../../../network/operationKinds.ts';
import { alphaBeta } from '../rules/alphaBeta.ts';
import { epsilon } from '../rules/epsilon.ts';
import { base } from './base.ts';

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
  return [[convolutionKinds, alphaBeta(2, 1)], ['dense', epsilon()], ...base('lrp', 'composite')];
}

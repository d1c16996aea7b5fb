import type { Composite } from '../../../network/composite.ts';
import { convolutionKinds } from '../../../network/operationKinds.ts';
import { epsilon } from '../rules/epsilon.ts';
import { gamma } from '../rules/gamma.ts';
import { zBox } from '../rules/zBox.ts';
import { base } from './base.ts';

/**
 * zᴮ for the first layers, γ = 0.25 for other convolutions, and ε for dense layers.
 *
 * Source: Montavon et al. 2019, "Layer-wise relevance propagation: an overview", §10.3.
 *
 * @param low the least value of the input, of all channels or of each.
 * @param high the greatest value likewise.
 * @returns a composite for {@link lrp}; entries of one's own go before it.
 * @throws {RangeError} if a bound is not finite, or `low` and `high` are lists of different lengths.
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
    ...base('lrp', 'composite'),
  ];
}

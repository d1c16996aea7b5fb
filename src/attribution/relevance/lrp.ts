import type { Composite } from '../../network/composite.ts';
import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../network/types2.ts';
import { backpropagate, type LayerOption } from '../gradient/backpropagated.ts';
import { explain } from '../session.ts';
import { assertWithinRanges } from './assertWithinRanges.ts';
import { base } from './composites/base.ts';
import { epsilonPlus } from './composites/epsilonPlus.ts';
import { namingKernels } from './namingKernels.ts';
import { unbiased } from './unbiased.ts';
import { withZeros } from './withZeros.ts';

/** The options of {@link lrp}. */
export interface LrpOptions extends LayerOption {
  /**
   * Which rule is for which operations; `composites.epsilonPlus()` by default, and what it leaves open is as in that. An
   * address means the convolutions and dense layers there, not the activations they apply.
   */
  readonly composite?: Composite;
  /**
   * Whether biases, and the shifts of batch normalisations, keep their share of relevance, as they do by default.
   * Without, what reaches a unit that is on through its bias alone is lost.
   */
  readonly bias?: boolean;
}

/**
 * Layer-wise relevance propagation: the score, handed back through the network layer by layer.
 *
 * It starts with $F(x)$ at the units that the score is read from; each operation divides what arrives at its outputs
 * among its inputs, $R_i = \sum_j R_{i \leftarrow j}$ with $\sum_i R_{i \leftarrow j} \approx R_j$, by the rule that the
 * composite has for it. Batch normalisation is merged into a neighbouring linear operation where that is exact.
 *
 * Source: Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
 * propagation", §2; Montavon et al. 2019, "Layer-wise relevance propagation: an overview".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `composite`, `bias`, `layer`, `target`, `scale` (`'logit'` by default). A target that is a function
 * starts with the outputs times its gradient.
 * @returns `values` in the shape of the input (or the layer).
 * @throws {Error} if there is no rule for an operation on the way, as for a softmax inside or a layer that is not known.
 * @throws {RangeError} if the input lies outside the bounds of `rules.zBox`; else as {@link gradient}.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonPlusFlat() });
 * const composite = [[{ address: 'conv1' }, rules.wSquare()], ...composites.epsilonPlus()] as const;
 * const own = await lrp(model, x, { composite, target: 3 });
 * ```
 */
export function lrp(model: Model, x: Input, options: ExplainOptions & LrpOptions = {}): Promise<Attribution> {
  const { bias = true, layer } = options;
  return explain(model, x, options, async (session, { composite = epsilonPlus() }) => {
    const whole = [...namingKernels(composite, session.network.graph), ...base('lrp', 'composite')];
    await assertWithinRanges(session, whole);
    return backpropagate(session, layer, {
      method: 'lrp',
      composite: bias ? whole : unbiased(whole),
      walk: (record, { ends, example }) =>
        record.backward(withZeros(session.scorer.divide(record, example), record, ends), { to: ends }),
    });
  });
}

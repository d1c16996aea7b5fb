import type { Input, Model } from '../../network/types.ts';
import type { Composite } from '../../network/walk/composite.ts';
import { flag, type OptionChecks } from '../../numeric/options.ts';
import { explain } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { backpropagate, type LayerOption, layerChecks } from '../gradient/backpropagated.ts';
import { chosenRules, type RuleOptions, ruleChecks } from '../ruleOptions.ts';
import { epsilonPlus } from './composites.ts';
import { relevanceAtEnds } from './relevanceAtEnds.ts';
import { relevanceRules } from './relevanceRules.ts';
import { passagesOf, type ThroughOption, throughCheck } from './through.ts';

/** The options of {@link lrp}. */
export interface LrpOptions extends LayerOption, RuleOptions, ThroughOption {
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

const checks: OptionChecks<ExplainOptions & LrpOptions> = {
  ...layerChecks,
  ...ruleChecks,
  bias: flag,
  through: throughCheck,
};

/**
 * Layer-wise relevance propagation: the score, handed back through the network layer by layer.
 *
 * It starts with $F(x)$ at the units that the score is read from; each operation divides what arrives at its outputs
 * among its inputs, $R_i = \sum_j R_{i \leftarrow j}$ with $\sum_i R_{i \leftarrow j} \approx R_j$, by the rule that the
 * composite has for it. Batch normalisation is merged into a neighbouring linear operation where that is exact.
 *
 * Conditional with `through` (concept relevance propagation): only the relevance of the given units of a layer goes on from
 * there, $R_i = \sum_{j \in \theta} R_{i \leftarrow j}$. The maps of all units of a layer sum to the map without condition, less
 * what goes around the layer: that of a residual connection belongs to no unit.
 *
 * Source: Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
 * propagation", §2; Montavon et al. 2019, "Layer-wise relevance propagation: an overview"; Achtibat et al. 2023, "From
 * attribution maps to human-understandable explanations through concept relevance propagation".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `composite`, `rules`, `bias`, `layer`, `through`, `target`, `scale` (`'logit'` by default). A target that is a function
 * starts with the outputs times its gradient.
 * @returns `values` in the shape of the input (or the layer).
 * @throws {VitrineError} if there is no rule for an operation on the way, as for a softmax inside or a layer that is not known.
 * @throws {VitrineError} if the input lies outside the bounds of `rules.zBox`, or the layers of `through` do not lie one
 * after the other on the way to the target; else as {@link gradient}.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonPlusFlat() });
 * const own = await lrp(model, x, { rules: [[{ address: 'conv1' }, rules.wSquare()]], target: 3 });
 * const ofUnit = await lrp(model, x, { through: { layer: 'conv2', unit: 5 } });
 * ```
 */
export function lrp(model: Model, x: Input, options: ExplainOptions & LrpOptions = {}): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, { layer, bias = true, through, ...own }) => {
    const chosen = chosenRules(own, { own: epsilonPlus(), graph: session.network.graph });
    const composite = await relevanceRules(session, chosen, { method: 'lrp', bias });
    const passages = passagesOf(session, through, { layer, composite });
    return backpropagate(session, layer, {
      method: 'lrp',
      composite,
      through: passages.map(({ site }) => site),
      walk: (record, { ends, example }) =>
        relevanceAtEnds(record, session.scorer.divide(record, example), { ends, through: passages }),
    });
  });
}

import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { anything, count, type OptionChecks, oneOf, required } from '../../numeric/options.ts';
import { type QuadratureRule, quadrature, quadratureRules } from '../../numeric/quadrature.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { attributionOf, endsOf, explain } from '../../scoring/session.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../scoring/types.ts';
import { sumGradients } from './pathGradients.ts';
import { straightPath } from './straightPath.ts';

/** The path of {@link internalInfluence} and of {@link conductance}, and the layer that is looked at. */
export interface LayerPathOptions {
  /** The address of the layer. */
  readonly layer: string;
  /** Where the path starts; `'zero'` by default. One for all inputs of the model, or a list. */
  readonly baseline?: Baseline | readonly Baseline[];
  /** The number of points on the path; 50 by default. */
  readonly steps?: number;
  /** Where the points lie; `'gausslegendre'` by default, of {@link conductance} `'left'`. */
  readonly rule?: QuadratureRule;
}

/** Checks of {@link LayerPathOptions}. */
export const layerPathChecks: OptionChecks<ExplainOptions & LayerPathOptions> = {
  ...explainChecks,
  layer: required(layerAddress),
  baseline: anything,
  steps: count(1),
  rule: oneOf(quadratureRules),
};

/**
 * Internal influence: the mean gradient at a layer while the input goes from a baseline to x.
 *
 * $\int_0^1 \partial F / \partial y\,(x' + \alpha (x - x'))\, d\alpha$ with $y$ the output of the layer; not multiplied
 * with the way gone. The rule is `'gausslegendre'` by default.
 *
 * Source: Leino et al. 2018, "Influence-directed explanations for deep convolutional networks", Eq. (1), with the
 * uniform distribution on the path as the distribution of interest.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer` (required), `baseline`, `steps`, `rule`, `target`, `scale` (`'logit'` by default).
 * @returns `values` in the shape of the layer `[n, …]`.
 * @throws as {@link integratedGradients}; {VitrineError} if the score does not depend on the layer.
 * @example
 * ```ts
 * import { internalInfluence } from 'vitrine';
 * const { values } = await internalInfluence(model, x, { layer: 'conv3', steps: 10 });
 * ```
 */
export async function internalInfluence(
  model: Model,
  x: Input,
  options: ExplainOptions & LayerPathOptions,
): Promise<Attribution> {
  return explain(model, x, options, { checks: layerPathChecks }, async (session, own) => {
    const { layer, steps = 50, rule = 'gausslegendre', baseline = 'zero' } = own;
    const { nodes, weights } = quadrature(rule, steps);
    const sites = endsOf(session.network, undefined);
    const site = session.network.site(layer);
    const path = await straightPath(session, { sites, baseline });
    const maps = await sumGradients(session, {
      stage: 'internalInfluence',
      sites,
      at: [site],
      samples: steps,
      scorer: path.scorer,
      draw: (example, from, to) => path.points(example, nodes.subarray(from, to), weights.subarray(from, to)),
    });
    const { score, classes } = path.end;
    return attributionOf(session, { method: 'internalInfluence', score, classes, maps, layer });
  });
}

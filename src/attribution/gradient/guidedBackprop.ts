import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import type { RuleOptions } from '../ruleOptions.ts';
import type { LayerOption } from './backpropagated.ts';
import { guidedComposite, rectified } from './rectified.ts';

/**
 * Guided backpropagation: the gradient without any negative signal.
 *
 * As the gradient, but at every ReLU $R_{in} = \max(R_{out}, 0)\,1[z > 0]$, at ReLU6 with $1[0 < z < 6]$. Other
 * activations keep their gradient, also a ReLU with a slope or a threshold, and one that is a piece of a hard swish.
 * Sharp, but nearly blind to the class and to the upper layers' weights (Adebayo et al. 2018): a negative control rather
 * than an explanation.
 *
 * Source: Springenberg et al. 2015, "Striving for simplicity", §3.4.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default), `layer`, `rules` for layers that are not known, and `composite` for all.
 * @returns `values` in the shape of the input (or the layer).
 * @throws {VitrineError} if a layer on the way is opaque and no rule is given for it; else as {@link gradient}.
 * @example
 * ```ts
 * import { guidedBackprop } from 'vitrine';
 * const { values } = await guidedBackprop(model, x);
 * ```
 */
export function guidedBackprop(
  model: Model,
  x: Input,
  options: ExplainOptions & LayerOption & RuleOptions = {},
): Promise<Attribution> {
  return rectified(model, x, options, { method: 'guidedBackprop', composite: guidedComposite });
}

import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import type { RuleOptions } from '../ruleOptions.ts';
import type { LayerOption } from './backpropagated.ts';
import { deconvnetComposite, rectified } from './rectified.ts';

/**
 * The deconvolutional network's reconstruction of what raises the score.
 *
 * As the gradient, but at every ReLU, with a ceiling or without, $R_{in} = \max(R_{out}, 0)$, whatever the activation was.
 * Other activations keep their gradient, also a ReLU with a slope or a threshold, and one that is a piece of a hard
 * swish. It shows edges more than reasons: it hardly changes with the target.
 *
 * Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", §2.1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default), `layer`, `rules` for layers that are not known, and `composite` for all.
 * @returns `values` in the shape of the input (or the layer).
 * @throws {VitrineError} if a layer on the way is opaque and no rule is given for it; else as {@link gradient}.
 * @example
 * ```ts
 * import { deconvnet } from 'vitrine';
 * const { values } = await deconvnet(model, x);
 * ```
 */
export function deconvnet(
  model: Model,
  x: Input,
  options: ExplainOptions & LayerOption & RuleOptions = {},
): Promise<Attribution> {
  return rectified(model, x, options, { method: 'deconvnet', composite: deconvnetComposite });
}

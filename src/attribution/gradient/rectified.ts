import { guidedReluGradient, rectifiedCotangent } from '../../backend/kernels/elementwise.ts';
import type { Input, Model } from '../../network/types.ts';
import type { Composite, Rule } from '../../network/walk/composite.ts';
import type { OptionChecks } from '../../numeric/options.ts';
import { explain } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { refusal, unknownLayer } from '../refusal.ts';
import { chosenRules, type RuleOptions, ruleChecks } from '../ruleOptions.ts';
import { type Backpropagation, backpropagate, type LayerOption, layerChecks } from './backpropagated.ts';

const checks: OptionChecks<ExplainOptions & LayerOption & RuleOptions> = { ...layerChecks, ...ruleChecks };

/** The gradient with other rules: the skeleton of deconvnet and guided backpropagation. */
export function rectified(
  model: Model,
  x: Input,
  options: (ExplainOptions & LayerOption & RuleOptions) | undefined,
  { method, composite }: Required<Pick<Backpropagation, 'method' | 'composite'>>,
): Promise<Attribution> {
  return explain(model, x, options, { checks }, (session, { layer, ...own }) => {
    const chosen = chosenRules(own, { own: composite, graph: session.network.graph });
    return backpropagate(session, layer, { method, composite: chosen });
  });
}

/** R_in = max(R_out, 0): the forward mask is ignored (Zeiler and Fergus 2014, §2.1). */
const deconvolution: Rule = {
  name: 'deconvnet',
  needs: [],
  backward: (_operation, _io, streams) => [streams.map(rectifiedCotangent)],
};

/** R_in = max(R_out, 0) · 1[z > 0], for ReLU6 1[0 < z < 6] (Springenberg et al. 2015, §3.4). */
const guidance: Rule = {
  name: 'guidedBackprop',
  needs: ['output'],
  backward: ({ ceiling }, { output }, streams) => [
    streams.map((stream) => guidedReluGradient(stream, output, ceiling)),
  ],
};

/** The rules of the deconvnet. */
export const deconvnetComposite: Composite = [
  ['relu', deconvolution],
  ['opaque', refusal('deconvnet', unknownLayer)],
];

/** The rules of guided backpropagation. */
export const guidedComposite: Composite = [
  ['relu', guidance],
  ['opaque', refusal('guidedBackprop', unknownLayer)],
];

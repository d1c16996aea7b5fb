import { guidedReluGradient, rectifiedCotangent } from '../../backend/kernels/elementwise.ts';
import type { Composite, Rule } from '../../network/walk/composite.ts';
import { refusal, unknownLayer } from '../refusal.ts';

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

/** The option of methods that change how a signal passes activations. */
export interface RulesOption {
  /** Rules that come before the method's own: for layers that are not known. */
  readonly rules?: Composite;
}

/** The rules of the deconvnet. */
export function deconvnetComposite(rules: Composite = []): Composite {
  return [...rules, ['relu', deconvolution], ['opaque', refusal('deconvnet', unknownLayer)]];
}

/** The rules of guided backpropagation. */
export function guidedComposite(rules: Composite = []): Composite {
  return [...rules, ['relu', guidance], ['opaque', refusal('guidedBackprop', unknownLayer)]];
}

import type { Check } from './check.ts';
import { cams, occlusions } from './covering.ts';
import { gradients } from './differences.ts';
import { files } from './files.ts';
import { anyMethod } from './methods.ts';
import { comparisons, paths, relevance } from './sums.ts';
import { everyLayer, predictions } from './values.ts';

/** A check and the models that it is for. */
export interface Entry {
  readonly check: Check;
  /** What may be answered with an error that names the layer. */
  readonly mayRefuse?: RegExp;
  /** Whether it is of models whose biases are zero. */
  readonly withoutBiases?: boolean;
}

// What words are turned into has no slope.
const withoutSlope = /CategoryEncoding/;
// What no rule is known of.
const strange = /Wave|Fork|Mix|Dot|CategoryEncoding|RNN|LSTM|GRU|Bidirectional|softmax/i;
const orGates = new RegExp(`${strange.source}|Multiply`, 'i');
// tfjs does not write down how many kernels each channel has.
const incomplete = /SeparableConv2D/;
const anything = /./;

/** All that is checked of each random model. */
export const checks: Readonly<Record<string, Entry>> = {
  predict: { check: predictions },
  activations: { check: everyLayer },
  gradient: { check: gradients, mayRefuse: withoutSlope },
  integratedGradients: { check: paths, mayRefuse: withoutSlope },
  deepLift: { check: comparisons, mayRefuse: strange },
  lrp: { check: relevance, mayRefuse: orGates, withoutBiases: true },
  occlusion: { check: occlusions },
  gradCam: { check: cams, mayRefuse: anything },
  methods: { check: anyMethod },
  loadModel: { check: files, mayRefuse: incomplete },
};

import { layers as l } from '@tensorflow/tfjs-layers';
import { always, type Makers } from './maker.ts';

/** All that tfjs knows by name; its declared names lack some. */
export const activationNames = [
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'softmax',
  'logSoftmax',
  'softplus',
  'softsign',
  'tanh',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
] as unknown as readonly 'relu'[];

export const activations: Makers = {
  activation: always((draws) => l.activation({ activation: draws.oneOf(activationNames) })),
  reLU: always((draws) => l.reLU(draws.chance(0.5) ? {} : { maxValue: draws.oneOf([6, 0.7]) })),
  leakyReLU: always((draws) => l.leakyReLU({ alpha: draws.oneOf([0.1, 0.3]) })),
  prelu: always((draws, shape) =>
    l.prelu(shape.length > 1 && draws.chance(0.5) ? { sharedAxes: shape.slice(1).map((_, i) => i + 1) } : {}),
  ),
  elu: always(() => l.elu()),
  thresholdedReLU: always((draws) => l.thresholdedReLU({ theta: draws.oneOf([0.2, 0.5]) })),
  softmax: always(() => l.softmax({ axis: -1 })),
};

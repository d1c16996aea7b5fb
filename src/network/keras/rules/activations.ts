import { type LayerRules, type Options, oursIf } from '../layerRule.ts';

/** Activations as layers. */
export const activations: LayerRules = {
  Activation: { options: ['activation'] },
  // tfjs-layers reads `max_value` alone.
  ReLU: {
    options: ['max_value', 'negative_slope', 'threshold'],
    as: oursIf('ReLU', (options) => isSet(options['negative_slope']) || isSet(options['threshold'])),
  },
  LeakyReLU: {
    options: ['alpha', 'negative_slope'],
    change: ({ alpha, negative_slope: slope }): Options => ({ alpha: slope ?? alpha ?? 0.3 }),
  },
  PReLU: { options: ['shared_axes'] },
  ELU: { options: ['alpha'], as: oursIf('ELU', ({ alpha }) => alpha !== undefined && alpha !== 1) },
  ThresholdedReLU: { options: ['theta'] },
  // tfjs-layers takes the softmax of the last axis alone.
  Softmax: { options: ['axis'], as: oursIf('Softmax', ({ axis }) => axis !== undefined && axis !== -1) },
};

function isSet(value: unknown): boolean {
  return typeof value === 'number' && value !== 0;
}

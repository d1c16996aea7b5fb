import { type LayerRules, ours } from '../layerRule.ts';

/** Layers with several inputs. */
export const merges: LayerRules = {
  Add: {},
  Subtract: { as: () => ours('Subtract') },
  Multiply: {},
  Average: {},
  Maximum: {},
  Minimum: {},
  Dot: { options: ['axes', 'normalize'] },
  'Custom>CustomScaleLayer': { options: ['scale'], as: () => ours('CustomScaleLayer') },
  CustomScaleLayer: { options: ['scale'], as: () => ours('CustomScaleLayer') },
};

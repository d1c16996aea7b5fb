import type { LayerRules } from '../layerRule.ts';
import { activations } from './activations.ts';
import { convolutions } from './convolutions.ts';
import { images } from './images.ts';
import { merges } from './merges.ts';
import { noise } from './noise.ts';
import { normalizations } from './normalizations.ts';
import { pooling } from './pooling.ts';
import { recurrent } from './recurrent.ts';
import { refused } from './refused.ts';
import { shapes } from './shapes.ts';

/** How each class of layers of Keras is opened. */
export const rules: LayerRules = {
  Dense: { options: ['units', 'activation', 'use_bias'] },
  ...convolutions,
  ...activations,
  ...pooling,
  ...normalizations,
  ...merges,
  ...shapes,
  ...images,
  ...noise,
  ...recurrent,
  ...refused,
};

import type { LayerRules } from '../layerRule.ts';
import { identities } from './images.ts';

/** Layers that do something in training alone; those that tfjs-layers has keep doing so. */
export const noise: LayerRules = {
  Dropout: { options: ['rate', 'noise_shape'] },
  SpatialDropout1D: { options: ['rate'], training: ['noise_shape'] },
  GaussianNoise: { options: ['stddev'] },
  GaussianDropout: { options: ['rate'] },
  AlphaDropout: { options: ['rate', 'noise_shape'] },
  ...identities(['SpatialDropout2D', 'SpatialDropout3D', 'ActivityRegularization', 'Identity', 'StochasticDepth']),
};

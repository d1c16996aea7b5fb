import { layers as l } from '@tensorflow/tfjs-layers';
import type { Layer } from '../../../oracle/building.ts';
import type { Draws } from '../../draws.ts';
import { always, type LayerMaker, type Makers, type Shape } from './maker.ts';

export const normalizations: Makers = {
  batchNormalization: notOfVolumes((draws, shape) =>
    l.batchNormalization({
      axis: draws.chance(0.6) ? -1 : draws.between(1, shape.length),
      scale: draws.chance(0.7),
      center: draws.chance(0.7),
      epsilon: draws.oneOf([1e-3, 0.1]),
    }),
  ),
  layerNormalization: notOfVolumes((draws, shape) =>
    l.layerNormalization({
      axis: draws.chance(0.6) ? -1 : shape.map((_, i) => i + 1).slice(draws.integer(shape.length)),
      scale: draws.chance(0.7),
      center: draws.chance(0.7),
      // Of what hardly varies the slope is steep and curved.
      epsilon: 0.1,
    }),
  ),
  rescaling: always((draws) => l.rescaling({ scale: draws.oneOf([0.5, -2]), offset: draws.oneOf([0, 0.3]) })),
};

// tfjs computes none of these with more axes.
function notOfVolumes(make: (draws: Draws, shape: Shape) => Layer): LayerMaker {
  return (shape, draws) => (shape.length < 4 ? make(draws, shape) : undefined);
}

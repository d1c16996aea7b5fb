import { activations } from './activations.ts';
import { convolutions } from './convolutions.ts';
import type { Makers } from './maker.ts';
import { normalizations } from './normalizations.ts';
import { idle, pools } from './pools.ts';
import { shapes } from './shapes.ts';

/** Layers of one input and one output that no other layer is part of. */
export const plain: Makers = {
  ...convolutions,
  ...pools,
  ...normalizations,
  ...activations,
  ...shapes,
  ...idle,
};

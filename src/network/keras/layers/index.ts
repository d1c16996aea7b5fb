import type { OwnLayer } from '../ownLayer.ts';
import * as activations from './activations.ts';
import { batchNormalization } from './batchNormalization.ts';
import * as convolutions from './convolutions.ts';
import * as dataNormalization from './dataNormalization.ts';
import { groupNormalization } from './groupNormalization.ts';
import * as images from './images.ts';
import * as merges from './merges.ts';
import * as normalizations from './normalizations.ts';
import { operation } from './operation.ts';
import * as shapes from './shapes.ts';

/** Every layer of ours. */
export const ownLayers: readonly OwnLayer<never>[] = [
  activations,
  convolutions,
  images,
  merges,
  normalizations,
  shapes,
  dataNormalization,
  { batchNormalization, groupNormalization, operation },
].flatMap((family) => Object.values(family).flat() as unknown as OwnLayer<never>[]);

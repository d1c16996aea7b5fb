import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { apply } from '../../../oracle/building.ts';
import { blocks } from './blocks.ts';
import { customLayers } from './customLayers.ts';
import { type LayerMaker, type Makers, shapeOf, type ValueMaker } from './maker.ts';
import { merges } from './merges.ts';
import { plain } from './plain.ts';
import { preprocessing } from './preprocessing.ts';
import { recurrent, withStates } from './recurrent.ts';
import { sharing } from './sharing.ts';
import { wrappers } from './wrappers.ts';

/** Everything that a random model is made of. */
export const makers: Makers<ValueMaker> = {
  ...onLatest({ ...plain, ...recurrent, ...wrappers }),
  ...blocks,
  ...preprocessing,
  ...withStates,
  ...merges,
  ...customLayers,
  ...sharing,
};

/** Layer classes that no random model has, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  RandomWidth: 'each of tfjs’s predictions is of another width, so that there is no right one',
  Masking: 'masks are refused: see the tests of models',
};

function onLatest(layers: Makers): Makers<ValueMaker> {
  const applied =
    (make: LayerMaker): ValueMaker =>
    (values, draws) => {
      const value = values.at(-1) as SymbolicTensor;
      const layer = make(shapeOf(value), draws);
      return layer && [apply(layer, value)];
    };
  return Object.fromEntries(Object.entries(layers).map(([name, make]) => [name, applied(make)]));
}

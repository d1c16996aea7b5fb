import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { apply } from '../../../oracle/building.ts';
import { activations } from './activations.ts';
import { convolutions } from './convolutions.ts';
import { type Makers, shapeOf, type ValueMaker } from './maker.ts';
import { normalizations } from './normalizations.ts';
import { shapes } from './shapes.ts';

/** Layers in an order in which a compiler joins them into one. */
export const blocks: Makers<ValueMaker> = {
  'convolution, normalised': oneOfEach(convolutions, normalizations, activations),
  'normalised, convolution': oneOfEach(normalizations, convolutions),
  'normalised, padded, convolution': oneOfEach(normalizations, { pad: shapes['zeroPadding2d'] as never }, convolutions),
  'activated, convolution, activated': oneOfEach(activations, convolutions, activations),
};

function oneOfEach(...tables: readonly Makers[]): ValueMaker {
  return (values, draws) => {
    let value = values.at(-1) as SymbolicTensor;
    for (const table of tables) {
      const layer = draws.oneOf(Object.values(table))(shapeOf(value), draws);
      if (!layer) return undefined;
      value = apply(layer, value);
    }
    return [value];
  };
}

import { layers as l, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { apply, type Layer } from '../../../oracle/building.ts';
import { type Makers, shapeOf, type ValueMaker } from './maker.ts';

// Such a layer writes into the shape that it reads, which must then be no other's: that of a model's input, say.
const copied = (value: SymbolicTensor): SymbolicTensor =>
  apply(l.permute({ dims: shapeOf(value).map((_, i) => i + 1) }), value);

export const preprocessing: Makers<ValueMaker> = {
  centerCrop: (values, draws) => {
    const value = values.at(-1) as SymbolicTensor;
    const [height, width, ...others] = shapeOf(value);
    if (others.length !== 1) return undefined;
    const size = { height: draws.between(1, height as number), width: draws.between(1, width as number) };
    return [apply(l.centerCrop(size) as Layer, copied(value))];
  },
};

/** Of which tfjs tells a wrong shape, so that nothing can read it. */
export const resizing: ValueMaker = ([value], draws) => {
  if (!value || shapeOf(value).length !== 3) return undefined;
  const size = { height: draws.between(1, 8), width: draws.between(1, 8) };
  const interpolation = draws.oneOf(['nearest', 'bilinear'] as const);
  return [apply(l.resizing({ ...size, interpolation, cropToAspectRatio: draws.chance(0.3) }) as Layer, value)];
};

/** What the words of an input become. */
export const ofTokens: Makers<ValueMaker> = {
  embedding: ([tokens], draws) => [
    apply(l.embedding({ inputDim: 7, outputDim: draws.between(1, 3) }), tokens as SymbolicTensor),
  ],
  categoryEncoding: ([tokens], draws) => [
    apply(
      l.categoryEncoding({ numTokens: 7, outputMode: draws.oneOf(['multiHot', 'count']) }) as Layer,
      copied(tokens as SymbolicTensor),
    ),
  ],
};

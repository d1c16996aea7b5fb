import { layers as l, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { apply, type Layer } from '../../../oracle/building.ts';
import type { Draws } from '../../draws.ts';
import { type Makers, type Shape, shapeOf, type ValueMaker } from './maker.ts';

/** Whether a layer can join two values of these shapes. */
type Fits = (a: Shape, b: Shape) => boolean;

const same: Fits = (a, b) => a.join() === b.join();
// As tfjs aligns shapes: from the end, or, where one has fewer axes, it gets some after the batch axis: the same.
const broadcast: Fits = (a, b) =>
  Array.from({ length: Math.min(a.length, b.length) }, (_, i) => [a.at(-1 - i), b.at(-1 - i)]).every(
    ([x, y]) => x === y || x === 1 || y === 1,
  );

export const merges: Makers<ValueMaker> = {
  add: merge(() => l.add(), broadcast),
  multiply: merge(() => l.multiply(), broadcast),
  average: merge(() => l.average(), broadcast),
  maximum: merge(() => l.maximum(), broadcast),
  minimum: merge(() => l.minimum(), broadcast),
  concatenate: merge(
    (draws, shape) => l.concatenate({ axis: draws.chance(0.5) ? -1 : draws.between(1, shape.length) }),
    same,
  ),
  dot: merge(
    (draws, { length }) =>
      length < 3 ? l.dot({ axes: dotAxes(draws, length), normalize: draws.chance(0.3) }) : undefined,
    same,
    2,
  ),
};

/** Joins two or three values, some of which may be the same one, the latest among them. */
function merge(make: (draws: Draws, shape: Shape) => Layer | undefined, fits: Fits, most = 3): ValueMaker {
  return (values, draws) => {
    const first = values.at(-1) as SymbolicTensor;
    const others = values.filter((value) => fits(shapeOf(first), shapeOf(value)));
    const read = [first];
    for (let count = draws.between(2, most); read.length < count; ) {
      const next = draws.oneOf(others.filter((value) => read.every((known) => fits(shapeOf(known), shapeOf(value)))));
      read.push(next);
    }
    const layer = make(draws, shapeOf(first));
    return layer && [apply(layer, draws.chance(0.5) ? read : read.reverse())];
  };
}

function dotAxes(draws: Draws, rank: number): number {
  return draws.chance(0.5) ? -1 : draws.between(1, rank);
}

import { input, type LayersModel, layers as l, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../../../../src/numeric/ndarray.ts';
import { apply, type Layer } from '../../../oracle/building.ts';
import type { Draws } from '../../draws.ts';
import { type Makers, type Shape, shapeOf, type ValueMaker } from './maker.ts';
import { plain } from './plain.ts';

/** Layers that are called twice, and models inside the model. */
export const sharing: Makers<ValueMaker> = {
  'shared layer': (values, draws) => {
    const value = values.at(-1) as SymbolicTensor;
    return again(draws.oneOf(Object.values(plain))(shapeOf(value), draws), value, draws);
  },
  'nested functional model': (values, draws) => {
    const value = values.at(-1) as SymbolicTensor;
    const x = input({ shape: [...shapeOf(value)] });
    const ends = chained(shapeOf(value), draws).reduce((y, layer) => apply(layer, y), x);
    return once(model({ inputs: x, outputs: ends }), value);
  },
  'nested sequential model': (values, draws) => {
    const value = values.at(-1) as SymbolicTensor;
    return once(sequentialOf(shapeOf(value), draws), value);
  },
  'nested model, called twice': (values, draws) => {
    const value = values.at(-1) as SymbolicTensor;
    return again(sequentialOf(shapeOf(value), draws) as unknown as Layer, value, draws);
  },
};

function sequentialOf(shape: Shape, draws: Draws): LayersModel {
  const [first, ...rest] = chained(shape, draws);
  const entrance = l.inputLayer({ inputShape: [...shape] });
  return sequential({ layers: [entrance, first as Layer, ...rest] });
}

/** One to three layers, one after the other. */
function chained(shape: Shape, draws: Draws): Layer[] {
  const layers = [];
  let now = shape;
  for (let tries = draws.between(1, 5); tries > 0 || layers.length === 0; tries--) {
    const layer = draws.oneOf(Object.values(plain))(now, draws);
    if (!layer) continue;
    const next = (layer.computeOutputShape([null, ...now]) as number[]).slice(1);
    if (sizeOf(next) === 0 || sizeOf(next) > 300) continue;
    layers.push(layer);
    now = next;
  }
  return layers;
}

function once(inner: LayersModel, value: SymbolicTensor): SymbolicTensor[] {
  return [inner.apply(value) as SymbolicTensor];
}

/** Calls a layer on a value and on another of its shape, its own output where it can. */
function again(layer: Layer | undefined, value: SymbolicTensor, draws: Draws): SymbolicTensor[] | undefined {
  if (!layer) return undefined;
  const first = apply(layer, value);
  const moved = apply(l.activation({ activation: 'tanh' }), value);
  const other = shapeOf(first).join() === shapeOf(value).join() && draws.chance(0.5) ? first : moved;
  return [apply(l.add(), [first, apply(layer, other)])];
}

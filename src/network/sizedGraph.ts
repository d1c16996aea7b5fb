import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe } from '../numeric/check.ts';
import { assertInputSize } from './assertInputSize.ts';
import { buildGraph } from './buildGraph.ts';
import type { Graph, OpenShape } from './graph.ts';
import { assertLayersModel } from './layersModel.ts';
import { createStore } from './store.ts';
import type { Model } from './types.ts';
import { isNetwork } from './withNetwork.ts';

/** The graph of a model with its shapes for a size of the first input; without one, for the sizes that the model has. */
export function sizedGraph(model: Model, inputSize?: readonly [rows: number, columns: number]): Graph {
  const container = assertLayersModel(isNetwork(model) ? model.model : (model as LayersModel));
  const [first = [], ...others] = container.inputs.map(({ shape }): OpenShape => shape);
  const sized = inputSize === undefined ? first : withSize(first, inputSize);
  return buildGraph(container, createStore(), [sized, ...others]);
}

function withSize(shape: OpenShape, inputSize: readonly [number, number]): OpenShape {
  assertInputSize(inputSize);
  const [batch = null, rows = null, columns = null, ...channels] = shape;
  if ((rows ?? inputSize[0]) !== inputSize[0] || (columns ?? inputSize[1]) !== inputSize[1]) {
    const has = `[${rows ?? 'any'}, ${columns ?? 'any'}]`;
    throw new RangeError(`"inputSize" expected ${has}, the size of the model's input, got ${describe(inputSize)}`);
  }
  return [batch, ...inputSize, ...channels];
}

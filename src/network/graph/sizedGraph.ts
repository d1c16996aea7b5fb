import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Model } from '../types.ts';
import { createStore } from '../walk/store.ts';
import { isNetwork } from '../withNetwork.ts';
import type { OpenShape, OperationGraph } from './graph.ts';
import { assertInputSize } from './site.ts';
import { sourceOf } from './sourceOf.ts';

/** The graph of a model with its shapes for a size of the first input; without one, for the sizes that the model has. */
export function sizedGraph(model: Model, inputSize?: readonly [rows: number, columns: number]): OperationGraph {
  const { inputShapes, graph } = isNetwork(model) ? model.source : sourceOf(model);
  const [first = [], ...others] = inputShapes;
  const sized = inputSize === undefined ? first : withSize(first, inputSize);
  return graph(createStore(), [sized, ...others]);
}

function withSize(shape: OpenShape, inputSize: readonly [number, number]): OpenShape {
  assertInputSize(inputSize);
  const [batch = null, rows = null, columns = null, ...channels] = shape;
  if ((rows ?? inputSize[0]) !== inputSize[0] || (columns ?? inputSize[1]) !== inputSize[1]) {
    const has = `[${rows ?? 'any'}, ${columns ?? 'any'}]`;
    throw new VitrineError(
      'bad-argument',
      `"inputSize" expected ${has}, the size of the model's input, got ${describe(inputSize)}`,
    );
  }
  return [batch, ...inputSize, ...channels];
}

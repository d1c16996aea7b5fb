import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../numeric/errors.ts';
import { wholeRegion } from '../../operations/base.ts';
import { taped } from '../../operations/taped.ts';
import type { LayerCall, Lowering } from '../lowering.ts';
import { bothWays } from './bothWays.ts';
import { overTime } from './overTime.ts';
import {
  type BidirectionalLayer,
  isBidirectional,
  type RecurrentLayer,
  stateCount,
  statesOf,
} from './recurrentLayer.ts';

type Recurrent = RecurrentLayer | BidirectionalLayer;

/** A recurrent layer: its cells run along time, their gradients taken from the tape. */
export const lowerRecurrent: Lowering<Recurrent> = (layer, call) => {
  const { source, output = 0 } = call;
  const parts = isBidirectional(layer) ? [layer.forwardLayer, layer.backwardLayer] : [layer];
  assertArguments(call);
  if (givenStates(parts, call) === 0) parts.forEach((part) => assertOneState(part, call));
  const run = (inputs: readonly Tensor[]): readonly Tensor[] =>
    isBidirectional(layer) ? bothWays(layer, inputs) : overTime(layer, inputs);
  return [taped('opaque', source, { forward: (inputs) => run(inputs)[output] as Tensor, region: wholeRegion })];
};

function assertArguments({ source, callArgs = {} }: LayerCall): void {
  const told = ['initialState', 'constants', 'mask'].find((name) => name in callArgs);
  if (told === undefined) return;
  throw new VitrineError(
    'unsupported-layer',
    `${named(source)} was called with numbers as "${told}", which tfjs uses in no prediction: make them an input of the model`,
  );
}

/** How many first states are given as inputs: those of every cell, or none. */
function givenStates(parts: readonly RecurrentLayer[], { source, inputShapes }: LayerCall): number {
  const given = inputShapes.length - 1;
  const expected = parts.reduce((sum, { cell }) => sum + stateCount(cell), 0);
  if (given === 0 || given === expected) return given;
  throw new VitrineError('unsupported-layer', `${named(source)} expected ${expected} first states, got ${given}`);
}

/** Which example of a batch a row is of is not known where rows are run. */
function assertOneState(layer: RecurrentLayer, { source }: LayerCall): void {
  const rows = statesOf(layer)[0]?.shape[0] ?? 1;
  if (rows === 1) return;
  throw new VitrineError(
    'unsupported-layer',
    `${named(source)} is stateful with states for ${rows} rows of a batch, which rows of other batches cannot share: ` +
      'give a model of the same weights with a batch size of 1, or with stateful: false',
  );
}

function named({ address, layerClass }: LayerCall['source']): string {
  return `layer "${address}" (${layerClass})`;
}

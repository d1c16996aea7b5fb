import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from '../../graph/layersModel.ts';

/** What a recurrent layer does at one step: from an input and states to an output and new states. */
export interface Cell extends Layer {
  readonly stateSize: number | readonly number[];
  call(inputs: Tensor[], options: Readonly<Record<string, unknown>>): Tensor[];
}

/** A layer that runs a cell along time. */
export interface RecurrentLayer extends Layer {
  readonly cell: Cell;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  /** Where a stateful layer has got to; they are the model's. */
  readonly states: readonly (Tensor | null)[];
  getInitialState(inputs: Tensor): Tensor[];
}

/** Two recurrent layers, one of which reads the sequence from its end. */
export interface BidirectionalLayer extends Layer {
  readonly forwardLayer: RecurrentLayer;
  readonly backwardLayer: RecurrentLayer;
  readonly mergeMode: 'concat' | 'sum' | 'ave' | 'mul' | null;
}

// A class of somebody else's that extends one of these may do more than run its cell.
const kinds: ReadonlySet<string> = new Set(['RNN', 'SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'vitrine>GRU']);

/** Whether a layer runs its cell along time and does nothing else. */
export function isRecurrent(layer: Layer): layer is RecurrentLayer {
  return kinds.has(layer.getClassName());
}

/** Whether a layer runs two such layers in the two directions. */
export function isBidirectional(layer: Layer): layer is BidirectionalLayer {
  if (layer.getClassName() !== 'Bidirectional') return false;
  const { forwardLayer, backwardLayer } = layer as BidirectionalLayer;
  return isRecurrent(forwardLayer) && isRecurrent(backwardLayer);
}

/** Whether a layer runs cells along time, in one direction or both. */
export function runsAlongTime(layer: Layer): layer is RecurrentLayer | BidirectionalLayer {
  return isRecurrent(layer) || isBidirectional(layer);
}

/** The number of states of a cell. */
export function stateCount({ stateSize }: Cell): number {
  return [stateSize].flat().length;
}

/** The states that a layer keeps between calls. */
export function statesOf({ stateful, states }: RecurrentLayer): readonly Tensor[] {
  return stateful ? (states as readonly Tensor[]) : [];
}

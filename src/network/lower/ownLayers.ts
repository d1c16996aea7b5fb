import type { Layer } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import type { LayerCall } from './lowering.ts';

/** A layer of ours, as the reader of Keras's files makes it: it brings what it is made of, which others do without. */
export interface OwnLayerInstance {
  /** Its function of inputs, constants and weights, and its activation. */
  ownOperations(call: LayerCall): readonly Operation[];
}

/** An activation of ours, which brings what it is made of. */
export interface OwnActivation {
  ownOperations(source: OperationSource): readonly Operation[];
}

/** Whether a layer is one of ours. */
export function isOwnLayer(layer: Layer): layer is Layer & OwnLayerInstance {
  return 'ownOperations' in layer;
}

/** Whether an activation is one of ours. */
export function isOwnActivation<A extends object>(activation: A): activation is A & OwnActivation {
  return 'ownOperations' in activation;
}

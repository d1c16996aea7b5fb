import { constantOf } from '../functions/constants.ts';
import { lowerFunction } from '../functions/lowerFunction.ts';
import type { Operand } from '../functions/tensorFunction.ts';
import type { Layer, Variable } from '../graph/layersModel.ts';
import type { OwnLayerInstance } from '../keras/ownLayer.ts';
import { activationOperations } from './activations.ts';
import type { LayerCall, Lowering } from './lowering.ts';

/** Whether a layer is one of ours, registered by the loader of Keras models. */
export function isOwnLayer(layer: Layer): layer is Layer & OwnLayerInstance {
  return 'ownFunction' in layer;
}

/** A layer of ours: its function of inputs, constants and weights, and its activation. */
export const lowerOwnLayer: Lowering<Layer & OwnLayerInstance> = (layer, call) => {
  const { source, output = 0 } = call;
  return [
    ...lowerFunction(layer.ownFunction, { source, operands: operandsOf(layer, call), output }),
    ...activationOperations(layer.activation, source),
  ];
};

function operandsOf(
  { ownOperands, ownWeights }: OwnLayerInstance,
  { source, inputShapes }: LayerCall,
): readonly Operand[] {
  const inputs = inputShapes.map((shape): Operand => ({ shape }));
  const given = ownOperands?.map(
    (operand, i): Operand =>
      typeof operand === 'number' ? (inputs[operand] as Operand) : constantOf(source, `constant ${i}`, operand),
  );
  return [...(given ?? inputs), ...ownWeights.map(weightOf)];
}

function weightOf(weight: Variable): Operand {
  return { shape: weight.shape as readonly number[], read: () => weight.read() };
}

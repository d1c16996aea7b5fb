import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { allLayers, assertLayersModel, type Layer, type Variable } from '../../../network/graph/layersModel.ts';
import type { Operation, OperationParameters } from '../../../network/graph/operation.ts';
import type { Network } from '../../../network/network.ts';
import { VitrineError } from '../../../numeric/errors.ts';

/** Other values of the weights of a model. */
export type VariableValues = (variable: Variable) => Tensor;

interface BatchNormalizationLayer extends Layer {
  readonly epsilon: number;
  readonly gamma?: Variable | null;
  readonly beta?: Variable | null;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
}

/** The weights of each operation where those of the model have other values; none where it has no such; in a `tf.tidy`. */
export function replacedParameters(
  network: Network,
  variables: readonly Variable[],
  newOf: VariableValues,
): readonly (OperationParameters | undefined)[] {
  const variableOf = holderOf(variables);
  return network.operations.map((operation) => {
    const layer = normalizationOf(network, operation);
    if (layer) return normalization(layer, newOf);
    const entries = Object.entries(operation.parameters);
    if (!entries.some(([, tensor]) => variableOf(tensor))) return undefined;
    const replaced = entries.map(([name, tensor]): [string, Tensor] => {
      const variable = variableOf(tensor);
      // An operation may see its weights in another shape: those of a convolution of sequences, for one.
      return [name, variable ? tf.reshape(newOf(variable), tensor.shape) : tensor];
    });
    return Object.fromEntries(replaced);
  });
}

/** Refuses a model with weights that no operation shows as they are: a checkpoint could not take their place. */
export function assertReplaceable(network: Network, variables: readonly Variable[]): void {
  const variableOf = holderOf(variables);
  const shown = network.operations.flatMap((operation): readonly (Variable | undefined)[] => {
    const layer = normalizationOf(network, operation);
    return layer ? layer.weights : Object.values(operation.parameters).map(variableOf);
  });
  const hidden = variables.find((variable) => !shown.includes(variable));
  if (!hidden) return;
  throw new VitrineError(
    'unsupported-layer',
    `"checkpoints" expected a model whose weights can be exchanged one by one, but "${hidden.name}" is used by a layer of another kind or was exchanged before`,
  );
}

/** Which variable holds a tensor. */
function holderOf(variables: readonly Variable[]): (tensor: Tensor) => Variable | undefined {
  const holders = new Map(variables.map((variable) => [variable.read().dataId as object, variable]));
  return (tensor) => holders.get(tensor.dataId);
}

/** The batch normalisation that an operation was made of, by the name that only it has. */
function normalizationOf(
  { source }: Network,
  { kind, layerClass, address }: Operation,
): BatchNormalizationLayer | undefined {
  if (kind !== 'affine' || layerClass !== 'BatchNormalization') return undefined;
  const layers = [...allLayers(assertLayersModel(source.model as LayersModel))];
  const named = layers.filter(
    (layer) => layer.getClassName() === layerClass && address.replace(/#\d+$/, '').split('/').at(-1) === layer.name,
  );
  return named.length === 1 ? (named[0] as BatchNormalizationLayer) : undefined;
}

function normalization(
  { epsilon, gamma, beta, movingMean, movingVariance }: BatchNormalizationLayer,
  newOf: VariableValues,
): OperationParameters {
  const scale = tf.mul(gamma ? newOf(gamma) : 1, tf.rsqrt(tf.add(newOf(movingVariance), epsilon)));
  const shift = tf.sub(beta ? newOf(beta) : 0, tf.mul(newOf(movingMean), scale));
  return { scale, shift };
}

import type { NamedTensorMap } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { sameShape } from '../../numeric/shape.ts';
import { camelCased } from './camelCased.ts';
import type { ModelJson } from './modelJson.ts';
import type { StoredWeights } from './readWeights.ts';

/**
 * Makes the model and gives it its weights. `tf.loadLayersModel` leaves the variables of a model behind when it fails
 * half-way, at a time that cannot be told from other work: this is synchronous, so that what it made can be freed.
 */
export function buildModel(json: ModelJson, stored: readonly StoredWeights[]): LayersModel {
  const before = variables();
  try {
    const model = fromTopology(json);
    if (json.metadata) model.setUserDefinedMetadata(json.metadata);
    tf.tidy(() => setWeights(model, json, decoded(stored)));
    return model;
  } catch (cause) {
    for (const variable of variables()) if (!before.has(variable)) variable.dispose();
    throw new Error(`"${json.name}" is no model that can be opened: ${reasonOf(cause, json)}`, { cause });
  }
}

function fromTopology({ topology: { class_name: kind, config } }: ModelJson): LayersModel {
  // The last argument makes zeros of the weights, which spares costly initialisers whose values are replaced at once.
  if (kind === 'Sequential') return Sequential.fromConfig<Sequential>(Sequential, camelCased(config), {}, true);
  if (['Model', 'Functional', 'LayersModel'].includes(kind)) {
    return LayersModel.fromConfig<LayersModel>(LayersModel, camelCased(config), {}, true);
  }
  throw new Error(`expected class Sequential, Functional or Model, got "${kind}"`);
}

function decoded(stored: readonly StoredWeights[]): NamedTensorMap {
  const tensors: NamedTensorMap = {};
  for (const { specs, data } of stored) {
    const all = tf.io.decodeWeights(data, [...specs]);
    for (const { name, group } of specs) {
      if (group === 'optimizer') continue;
      if (tensors[name]) throw new Error(`weight "${name}" is stored twice`);
      tensors[name] = all[name] as tf.Tensor;
    }
  }
  return tensors;
}

function setWeights(model: LayersModel, { groups }: ModelJson, weights: NamedTensorMap): void {
  if (!groups && model.weights.length > 0) {
    throw new Error(`it holds no weights (no weightsManifest), "${model.name}" has ${model.weights.length}`);
  }
  for (const { originalName, shape } of model.weights) {
    const found = weights[originalName];
    if (!found || sameShape(shape as number[], found.shape)) continue;
    throw new Error(`weight "${originalName}" expected shape [${shape.join(', ')}], got [${found.shape.join(', ')}]`);
  }
  model.loadWeights(weights, true);
}

function reasonOf(cause: unknown, { kerasVersion }: ModelJson): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const unknown = /^Unknown (\w+): (\S+)\. This may/.exec(message);
  const reason = unknown
    ? `unknown ${unknown[1]} class "${unknown[2]}": port it to JavaScript and register it with tf.serialization.registerClass`
    : message;
  return kerasVersion?.startsWith('3') ? `${reason} (saved by Keras ${kerasVersion}, expected Keras 2)` : reason;
}

function variables(): Set<tf.Variable> {
  return new Set(Object.values(tf.engine().registeredVariables));
}

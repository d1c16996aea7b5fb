import * as tf from '@tensorflow/tfjs-core';
import { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { VitrineError } from '../../numeric/errors.ts';
import { type Container, isContainer, type Layer } from '../graph/layersModel.ts';
import { assertAxes } from '../keras/assertAxes.ts';
import { assertGraph } from '../keras/assertGraph.ts';
import type { KerasModel } from '../keras/kerasModel.ts';
import { readKerasModel } from '../keras/readKerasModel.ts';
import { registerOwn } from '../keras/register.ts';
import { translateModel } from '../keras/translateModel.ts';
import { byLayer } from '../keras/weights/byLayer.ts';
import { byName } from '../keras/weights/byName.ts';
import { byPath } from '../keras/weights/byPath.ts';
import { type Pairs, write } from '../keras/weights/pairs.ts';
import { assertLayersMade } from './assertLayersMade.ts';
import { camelCased } from './camelCased.ts';
import type { Json } from './modelJson.ts';
import { namesLayer, namingLayers, reasonOf } from './naming.ts';
import { arraysIn, type StoredLayers } from './storedModel.ts';
import { type Unset, unsetWeights } from './unsetWeights.ts';

/**
 * Makes the model and gives it its weights. `tf.loadLayersModel` leaves the variables of a model behind when it fails
 * half-way, at a time that cannot be told from other work: this is synchronous, so that what it made can be freed.
 */
export function buildModel(stored: StoredLayers): LayersModel {
  const before = variables();
  try {
    const keras = readKerasModel(stored.topology);
    assertGraph(keras);
    assertAxes(keras);
    const topology = isOfTfjs(stored) ? stored.topology : translateModel(keras);
    const { made: model, isUnset } = built(topology);
    if (stored.metadata) model.setUserDefinedMetadata(stored.metadata);
    write(pairsOf(model as unknown as Container, stored, keras));
    assertSet(model, isUnset);
    countOnce(model as unknown as Container);
    // Of layers that no output reads; the model does not know them.
    free(before, new Set(model.weights.map((weight) => weight.read())));
    return model;
  } catch (cause) {
    free(before);
    throw new VitrineError('bad-file', `"${stored.name}" is no model that can be opened: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** What tensors tfjs-layers leaves behind as it fails are freed; variables are not. */
function built(topology: Topology): Unset<LayersModel> {
  const made: Unset<LayersModel>[] = [];
  tf.tidy(() => {
    made.push(unsetWeights(() => namingLayers(() => fromTopology(topology))));
  });
  return made[0] as Unset<LayersModel>;
}

function assertSet(model: LayersModel, isUnset: Unset<LayersModel>['isUnset']): void {
  const unset = model.weights.filter((weight) => isUnset(weight.read())).map(({ originalName }) => originalName);
  if (unset.length > 0) throw new VitrineError('bad-file', `weights ${unset.join(', ')} are not in the file`);
}

/** tfjs-layers reads what it wrote as it is: the same words mean its own functions there. */
function isOfTfjs({ kerasVersion }: StoredLayers): boolean {
  return /^tfjs/i.test(kerasVersion ?? '');
}

function fromTopology({ class_name: kind, config }: Topology): LayersModel {
  registerOwn(config ?? null);
  const options = camelCased(config ?? null);
  const make = (): LayersModel =>
    kind === 'Sequential'
      ? Sequential.fromConfig<Sequential>(Sequential, options)
      : LayersModel.fromConfig<LayersModel>(LayersModel, options);
  try {
    return make();
  } catch (cause) {
    if (!namesLayer(cause)) assertLayersMade(camelCased(config ?? null));
    throw cause;
  }
}

interface Topology {
  readonly class_name: string;
  readonly config?: Json | undefined;
}

function pairsOf(model: Container, { weights }: StoredLayers, keras: KerasModel): Pairs {
  if (arraysIn(weights).length === 0 && model.weights.length > 0) {
    throw new VitrineError('bad-file', `it holds no weights, "${model.name}" has ${model.weights.length}`);
  }
  if (weights.by === 'layer') return byLayer(model, weights.layers);
  if (weights.by === 'path') return byPath(model, { keras, root: weights.root });
  return byName(model, weights.arrays);
}

/**
 * tfjs-layers counts the uses of a layer, and frees it when the model has been disposed of as many times; here the
 * model is the only owner. One that a functional model holds is told to go twice.
 */
function countOnce(container: Container): void {
  const { internalContainerRefs: held = [] } = container as Container & { internalContainerRefs?: readonly Layer[] };
  for (const layer of container.layers as (Layer & { _refCount: number | null })[]) {
    if (layer._refCount !== null) layer._refCount = held.includes(layer) ? 2 : 1;
    if (isContainer(layer)) countOnce(layer);
  }
}

/** Frees the variables that were made since, but for those that are kept. */
function free(before: ReadonlySet<tf.Variable>, kept: ReadonlySet<tf.Tensor> = new Set()): void {
  for (const variable of variables()) if (!before.has(variable) && !kept.has(variable)) variable.dispose();
}

function variables(): Set<tf.Variable> {
  return new Set(Object.values(tf.engine().registeredVariables));
}

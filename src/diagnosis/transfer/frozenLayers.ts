import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';

type Layer = layers.Layer;

/** Copies the weights of the first layers from one model to another. */
export function copyLayers(from: LayersModel, to: LayersModel, count: number): void {
  for (const [i, layer] of to.layers.slice(0, count).entries()) {
    const given = from.layers[i]?.getWeights() ?? [];
    assertSameWeights(layer, given);
    if (given.length > 0) layer.setWeights(given);
  }
}

/** Layers that keep their weights, and a look at whether they did. */
export interface FrozenLayers {
  /** @throws {VitrineError} if a weight has changed. */
  assertKept(): Promise<void>;
}

/**
 * Keeps the weights of the first layers, statistics included: tfjs's batch normalisation takes those of the batch, and
 * moves its own, also where it is not trainable. Layers that hold any run as in inference.
 */
export async function freezeLayers(model: LayersModel, count: number): Promise<FrozenLayers> {
  const frozen = model.layers.slice(0, count);
  for (const layer of frozen) {
    for (const part of partsOf(layer)) if (part.nonTrainableWeights.length > 0) asInInference(part);
    layer.trainable = false;
  }
  const before = await Promise.all(frozen.map(valuesOf));
  return {
    async assertKept() {
      for (const [i, layer] of frozen.entries()) {
        const after = await valuesOf(layer);
        if (!isSame(before[i] as readonly ArrayLike<number>[], after)) throw changed(layer);
      }
    },
  };
}

/** A layer, or the layers of a nested model. */
function partsOf(layer: Layer): readonly Layer[] {
  return 'layers' in layer ? (layer.layers as Layer[]).flatMap(partsOf) : [layer];
}

function asInInference(layer: Layer): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
}

async function valuesOf(layer: Layer): Promise<readonly ArrayLike<number>[]> {
  return Promise.all(layer.getWeights().map(async (weight) => (await weight.data()).slice()));
}

function isSame(before: readonly ArrayLike<number>[], after: readonly ArrayLike<number>[]): boolean {
  return before.every((values, i) => Array.prototype.every.call(values, (value, k) => value === after[i]?.[k]));
}

function assertSameWeights(layer: Layer, given: readonly Tensor[]): void {
  const own = layer.getWeights();
  if (own.length === given.length && own.every(({ shape }, i) => sameShape(shape, (given[i] as Tensor).shape))) return;
  const shapes = (weights: readonly Tensor[]): string =>
    weights.map(({ shape }) => `[${shape.join(', ')}]`).join(' ') || 'none';
  throw new VitrineError(
    'bad-shape',
    `"create" expected the same weights of layer "${layer.name}" for both tasks, got ${shapes(given)} and ${shapes(own)}`,
  );
}

function changed({ name }: Layer): VitrineError {
  return new VitrineError(
    'bad-argument',
    `"train" expected to leave layer "${name}", which is not trainable, as it is: a model that "create" has compiled trains all of its layers`,
  );
}

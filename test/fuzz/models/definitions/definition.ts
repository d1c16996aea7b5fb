import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;
type Run = (layer: Layer, inputs: Tensor[]) => Tensor[];

/** What a layer gives by its definition; nothing where tfjs gives just that. `run` is what others give. */
export type Definition = (layer: Layer, inputs: Tensor[], run: Run) => Tensor[] | undefined;

/** By the names that the layer gave them. */
export function weightsOf(layer: Layer): Partial<Record<string, Tensor>> {
  return Object.fromEntries(layer.weights.map((weight) => [weight.originalName.replace(/^.*\//, ''), weight.read()]));
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { JsonObject } from './modelJson.ts';

/** A weight as a file holds it. */
export interface StoredArray {
  /** As the file calls it, for messages and for weights that are found by name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The values, dequantised; the caller's scope owns the tensor. */
  tensor(): Tensor;
}

/** A group of an HDF5 file. */
export interface StoredGroup {
  readonly path: string;
  /** Texts, numbers, or lists of them. */
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly groups: ReadonlyMap<string, StoredGroup>;
  readonly arrays: ReadonlyMap<string, StoredArray>;
}

/** How a file says whose its weights are. */
export type StoredWeights =
  /** By name: `layer/kernel`, as the manifest of a `model.json` does. */
  | { readonly by: 'name'; readonly arrays: ReadonlyMap<string, StoredArray> }
  /** By layer: an `.h5` lists the weights of each outer layer, those of nested models in one list. */
  | { readonly by: 'layer'; readonly layers: ReadonlyMap<string, readonly StoredArray[]> }
  /** By path: the `model.weights.h5` of a `.keras`, whose groups are named after classes and counted. */
  | { readonly by: 'path'; readonly root: StoredGroup };

/** A Keras model as a file describes it, before tfjs-layers sees it. */
export interface StoredLayers {
  readonly format: 'layers';
  /** The file, for messages. */
  readonly name: string;
  /** The class and configuration of the model, in the spelling of the Keras that wrote it. */
  readonly topology: JsonObject & { readonly class_name: string };
  readonly kerasVersion: string | undefined;
  readonly metadata: Record<string, unknown> | undefined;
  readonly weights: StoredWeights;
}

/** A GraphModel as its files describe it. */
export interface StoredGraphModel {
  readonly format: 'graph';
  readonly name: string;
  /** The `modelTopology`: a GraphDef as JSON, attributes in base64. */
  readonly topology: JsonObject;
  readonly signature: JsonObject | undefined;
  readonly arrays: ReadonlyMap<string, StoredArray>;
}

export type StoredModel = StoredLayers | StoredGraphModel;

/** All weights of a file. */
export function arraysIn(weights: StoredWeights): readonly StoredArray[] {
  if (weights.by === 'name') return [...weights.arrays.values()];
  if (weights.by === 'layer') return [...weights.layers.values()].flat();
  return arraysBelow(weights.root);
}

function arraysBelow({ arrays, groups }: StoredGroup): StoredArray[] {
  return [...arrays.values(), ...[...groups.values()].flatMap(arraysBelow)];
}

import type * as tf from '@tensorflow/tfjs-core';
import type { ModelFiles } from '../../src/network/loading/source.ts';

/** A layer as Keras writes it, `name` and `inbound_nodes` aside. */
export interface LayerJson {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly [key: string]: unknown;
}

/** The numbers of the weights by name, with their shapes. */
export type WeightsJson = Readonly<Record<string, { shape: readonly number[]; values: readonly number[] }>>;

/** A layer of Keras 2 or 3. */
export function layerJson(kind: string, config: Readonly<Record<string, unknown>> = {}, more: object = {}): LayerJson {
  return {
    class_name: kind,
    config: { name: kind.toLowerCase(), trainable: true, dtype: 'float32', ...config },
    ...more,
  };
}

/** A chain of layers behind an input, as Keras 2 writes a functional model. */
export function chainJson(shape: readonly number[], layers: readonly LayerJson[]): object {
  const input = layerJson('InputLayer', { name: 'in', batch_input_shape: [null, ...shape] });
  const all = [input, ...layers].map((layer, i, list) => ({
    ...layer,
    name: layer.config.name,
    inbound_nodes: layer['inbound_nodes'] ?? (i === 0 ? [] : [[[list[i - 1]?.config.name, 0, 0, {}]]]),
  }));
  const last = all.at(-1)?.name;
  return graphJson(all, { input_layers: [['in', 0, 0]], output_layers: [[last, 0, 0]] });
}

/** The same as Keras 3 writes it. */
export function chain3Json(shape: readonly number[], layers: readonly LayerJson[]): object {
  const input = layerJson('InputLayer', { name: 'in', batch_shape: [null, ...shape] });
  const all = [input, ...layers].map((layer, i, list) => ({
    module: 'keras.layers',
    registered_name: null,
    ...layer,
    name: layer.config.name,
    inbound_nodes:
      layer['inbound_nodes'] ??
      (i === 0 ? [] : [{ args: [tensorJson(list[i - 1]?.config.name as string)], kwargs: {} }]),
  }));
  return graphJson(all, { input_layers: ['in', 0, 0], output_layers: [all.at(-1)?.name, 0, 0] });
}

/** A tensor among the arguments of Keras 3. */
export function tensorJson(layer: string, call = 0, output = 0): object {
  return {
    class_name: '__keras_tensor__',
    config: { shape: [null], dtype: 'float32', keras_history: [layer, call, output] },
  };
}

export function graphJson(layers: readonly object[], ends: object): object {
  return { class_name: 'Functional', config: { name: 'model', trainable: true, layers, ...ends } };
}

/** What `loadModel` takes to open a configuration with weights by name. */
export function modelFiles(topology: object, weights: WeightsJson = {}): ModelFiles {
  const entries = Object.entries(weights);
  const specs: tf.io.WeightsManifestEntry[] = entries.map(([name, { shape }]) => ({
    name,
    shape: [...shape],
    dtype: 'float32',
  }));
  const bytes = new Uint8Array(Float32Array.from(entries.flatMap(([, { values }]) => values)).buffer);
  const weightsManifest = [{ paths: ['weights.bin'], weights: specs }];
  return { json: { modelTopology: topology, weightsManifest }, read: () => bytes };
}

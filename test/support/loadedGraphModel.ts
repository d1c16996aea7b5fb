import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '../../src/network/graph/graphModel.ts';
import { jsonSource } from './kerasModels.ts';

interface GraphJson {
  readonly modelTopology: { readonly node: readonly WrittenNode[] };
  readonly weightsManifest: tf.io.WeightsManifestConfig;
  readonly signature: object;
}

interface WrittenNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: object;
}

/** A GraphModel under `test/fixtures/` with the structure that tfjs-converter 4.22 gives one that it has loaded. */
export async function loadedGraphModel(path: string): Promise<GraphModel> {
  const { json, read } = await jsonSource(path);
  const { modelTopology, weightsManifest, signature } = JSON.parse(new TextDecoder().decode(json)) as GraphJson;
  const [group] = weightsManifest as [tf.io.WeightsManifestConfig[number]];
  const bytes = await read(group.paths[0] as string);
  const tensors = tf.io.decodeWeights(bytes.slice().buffer, group.weights);
  const weightMap = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [tensor]]));
  const nodes = modelTopology.node.map(({ name, op, input = [], attr = {} }) => ({
    name,
    op,
    inputNames: input,
    rawAttrs: attr,
  }));
  const model = {
    modelUrl: path,
    signature,
    executor: { weightMap, graph: { nodes: Object.fromEntries(nodes.map((node) => [node.name, node])) } },
    weights: weightMap,
    executeAsync: () => undefined,
    dispose: () => tf.dispose(Object.values(tensors)),
  };
  return model as unknown as GraphModel;
}

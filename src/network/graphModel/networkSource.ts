import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { GraphModel } from '../graph/graphModel.ts';
import type { NetworkSource } from '../graph/networkSource.ts';
import { buildGraphModel } from './buildGraphModel.ts';
import type { GraphSource } from './graphSource.ts';
import { loadedGraph } from './loadedGraph.ts';

/** A loaded GraphModel as what a network is compiled from. */
export function loadedSource(model: GraphModel): NetworkSource {
  const graph = loadedGraph(model);
  const weights = (): Tensor[] => [...graph.nodes.keys()].flatMap((node) => graph.weight(node)?.read() ?? []);
  return { ...storedSource(graph, weights), model };
}

/** A GraphModel that was read from its files, as what a network is compiled from. */
export function storedSource(graph: GraphSource, weights: () => readonly Tensor[]): NetworkSource {
  return {
    name: graph.name,
    format: 'graph',
    inputShapes: graph.inputs.map(({ shape }) => shape),
    parameterCount() {
      const floats = weights().filter(({ dtype }) => dtype === 'float32');
      return floats.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    },
    weights,
    graph: (store, inputShapes) => buildGraphModel(graph, store, inputShapes),
  };
}

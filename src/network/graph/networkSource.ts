import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../../numeric/ndarray.ts';
import { buildGraphModel } from '../graphModel/buildGraphModel.ts';
import type { GraphSource } from '../graphModel/graphSource.ts';
import { type GraphModel, isGraphModel, loadedGraph } from '../graphModel/loadedGraph.ts';
import { isRecurrent, statesOf } from '../lower/recurrent/recurrentLayer.ts';
import type { Store } from '../walk/store.ts';
import { buildGraph } from './buildGraph.ts';
import type { Graph, OpenShape } from './graph.ts';
import { allLayers, assertLayersModel } from './layersModel.ts';

/** What a network is compiled from. */
export interface NetworkSource {
  /** Of the model, for messages. */
  readonly name: string;
  readonly format: 'layers' | 'graph';
  /** The model itself; none where a GraphModel was read from its files. */
  readonly model?: LayersModel | GraphModel;
  /** Shapes of the inputs as the model has them, batch axis first. */
  readonly inputShapes: readonly OpenShape[];
  /** Weights of the whole model; those of shared layers count once. */
  parameterCount(): number;
  /** The live weights, and the states of recurrent layers that keep them; throws if the model was disposed. */
  weights(): readonly Tensor[];
  /**
   * The model as operations, for inputs of other shapes if any are given.
   *
   * @internal
   */
  graph(store: Store, inputShapes?: readonly OpenShape[]): Graph;
}

/** What is compiled of a model that must be a `LayersModel` or a loaded `GraphModel`. */
export function sourceOf(model: LayersModel | GraphModel): NetworkSource {
  return isGraphModel(model) ? loadedSource(model) : layersSource(model);
}

/** A GraphModel as what a network is compiled from. */
export function graphSource(graph: GraphSource, weights: () => readonly Tensor[]): NetworkSource {
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

function loadedSource(model: GraphModel): NetworkSource {
  const graph = loadedGraph(model);
  const weights = (): Tensor[] => [...graph.nodes.keys()].flatMap((node) => graph.weight(node)?.read() ?? []);
  return { ...graphSource(graph, weights), model };
}

function layersSource(model: LayersModel): NetworkSource {
  const container = assertLayersModel(model);
  const keepers = [...allLayers(container)].filter(isRecurrent);
  // Asked for anew, tfjs goes through all layers each time.
  const variables = model.weights;
  const weights = (): Tensor[] => [...variables.map((variable) => variable.read()), ...keepers.flatMap(statesOf)];
  return {
    name: model.name,
    format: 'layers',
    model,
    inputShapes: container.inputs.map(({ shape }) => shape),
    parameterCount: () => model.countParams(),
    weights() {
      const live = liveOnes(weights);
      // Says that the model was disposed of rather than which of its weights.
      if (!live) assertLayersModel(model);
      return live ?? weights();
    },
    graph: (store, inputShapes) => buildGraph(container, store, inputShapes),
  };
}

function liveOnes(weights: () => readonly Tensor[]): readonly Tensor[] | undefined {
  try {
    const all = weights();
    return all.some(({ isDisposed }) => isDisposed) ? undefined : all;
  } catch {
    return undefined;
  }
}

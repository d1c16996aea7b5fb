import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isRecurrent, statesOf } from '../lower/recurrent/recurrentLayer.ts';
import type { WeightStore } from '../walk/store.ts';
import type { buildGraph } from './buildGraph.ts';
import type { OpenShape, OperationGraph } from './graph.ts';
import type { GraphModel } from './graphModel.ts';
import { allLayers, assertLayersModel } from './layersModel.ts';

/** What makes operations of layers. */
export type BuildGraph = typeof buildGraph;

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
  graph(store: WeightStore, inputShapes?: readonly OpenShape[]): OperationGraph;
}

/** A value that must be a `LayersModel` as what a network is compiled from, by what makes its graph. */
export function layersSource(model: LayersModel, build: BuildGraph): NetworkSource {
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
    graph: (store, inputShapes) => build(container, store, inputShapes),
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

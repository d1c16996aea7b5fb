import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildGraph } from './buildGraph.ts';
import { findSite } from './findSite.ts';
import { forward } from './forward.ts';
import { baseRun } from './incremental/baseRun.ts';
import { assertLayersModel } from './layersModel.ts';
import type { Network } from './network.ts';
import { createStore } from './store.ts';

/**
 * Compiles a model for many calls: its layers become a graph of primitive operations, and what is made from its
 * weights on the first call is kept for the next ones.
 *
 * Every function of the library takes a `LayersModel` or a `Network`; with a model it compiles, runs and frees, which
 * costs more than a prediction. For repeated calls compile once. The network belongs to the backend it first runs on.
 *
 * @param model a built `LayersModel`; it is never changed, and no node is added to its layers.
 * @returns the compiled network; dispose of it when it is done with.
 * @throws {TypeError} if `model` is no `LayersModel`, is empty, unbuilt or disposed, or uses masks.
 * @example
 * ```ts
 * import { compile, gradient } from 'vitrine';
 * const network = compile(model);
 * const { values } = await gradient(network, x);
 * network.dispose();
 * ```
 */
export function compile(model: LayersModel): Network {
  const container = assertLayersModel(model);
  const store = createStore();
  const graph = buildGraph(container, store);
  let backend: string | undefined;
  let disposed = false;

  const assertUsable = (): void => {
    if (disposed) throw new Error(`network of "${model.name}" is disposed; compile the model again`);
    backend ??= tf.getBackend();
    if (backend === tf.getBackend()) return;
    throw new Error(
      `network of "${model.name}" belongs to backend "${backend}", the current one is "${tf.getBackend()}"; compile the model again`,
    );
  };
  const liveWeights = (): Tensor[] => {
    try {
      return model.weights.map((variable) => variable.read());
    } catch (error) {
      // Says that the model was disposed rather than which of its weights.
      assertLayersModel(model);
      throw error;
    }
  };
  const sweep = (others: readonly Tensor[] = []): void => {
    assertUsable();
    store.sweep([...liveWeights(), ...others]);
  };

  return {
    model,
    graph,
    operations: graph.steps.map(({ operation }) => operation),
    inputs: graph.inputs,
    heads: graph.heads,
    site: (address, argument = 'layer') => findSite(graph, address, argument),
    forward(inputs, options = {}) {
      sweep();
      return forward(graph, inputs, options);
    },
    baseRun(inputs, options) {
      sweep();
      const run = baseRun(graph, inputs, options);
      return {
        ...run,
        change(changes) {
          assertUsable();
          return run.change(changes);
        },
      };
    },
    sweep,
    dispose() {
      disposed = true;
      store.dispose();
    },
  };
}

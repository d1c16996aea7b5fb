import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { NetworkSource } from '../graph/networkSource.ts';
import { findSite } from '../graph/site.ts';
import { statedHeads } from '../heads/statedHeads.ts';
import { baseRun, checkedRun } from '../incremental/baseRun.ts';
import type { Network } from '../network.ts';
import type { OutputMeaning } from '../types.ts';
import { forward } from './forward.ts';
import { createStore, type Store } from './store.ts';

/** A network of what it is compiled from, which `release` frees if the network owns it. */
export function createNetwork(
  source: NetworkSource,
  { output, release }: { output?: OutputMeaning | undefined; release?: () => void } = {},
): Network {
  const store = createStore();
  const { graph, heads } = freed(store, () => {
    const built = source.graph(store);
    return { graph: built, heads: output === undefined ? built.heads : statedHeads(built.heads, output) };
  });
  let backend: string | undefined;
  let disposed = false;

  const assertUsable = (): void => {
    if (disposed)
      throw new VitrineError('disposed', `network of "${source.name}" is disposed; compile the model again`);
    backend ??= tf.getBackend();
    if (backend === tf.getBackend()) return;
    throw new VitrineError(
      'unsupported',
      `network of "${source.name}" belongs to backend "${backend}", the current one is "${tf.getBackend()}"; compile the model again`,
    );
  };
  const sweep = (others: readonly Tensor[] = []): void => {
    assertUsable();
    store.sweep([...source.weights(), ...others]);
  };

  return {
    source,
    graph,
    operations: graph.steps.map(({ operation }) => operation),
    inputs: graph.inputs,
    heads,
    site: (address, argument = 'layer') => findSite(graph, address, argument),
    forward(inputs, options = {}) {
      sweep();
      return forward(graph, inputs, options);
    },
    baseRun(inputs, options) {
      sweep();
      return checkedRun(baseRun(graph, inputs, options), assertUsable);
    },
    assertUsable,
    sweep,
    dispose() {
      if (!disposed) release?.();
      disposed = true;
      store.dispose();
    },
  };
}

/** What is made with a store, which is emptied if it cannot be made. */
function freed<T>(store: Store, make: () => T): T {
  try {
    return make();
  } catch (error) {
    store.dispose();
    throw error;
  }
}

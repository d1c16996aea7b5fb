import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type SimdModules, startSimd } from '../../backend/kernels/simd.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NetworkSource } from '../graph/networkSource.ts';
import { findSite } from '../graph/site.ts';
import { statedHeads } from '../heads/statedHeads.ts';
import type { Network } from '../network.ts';
import type { OutputMeaning } from '../types.ts';
import { forward } from './forward.ts';
import { createStore, type WeightStore } from './store.ts';

/** What a network is made with. */
export interface NetworkParts {
  readonly output?: OutputMeaning | undefined;
  /** Faster kernels, where the backend that the network runs on can take them. */
  readonly simd: SimdModules | undefined;
  /** Frees what it is compiled from, if the network owns that. */
  readonly release?: () => void;
}

/** A network of what it is compiled from. */
export function createNetwork(source: NetworkSource, { output, simd, release }: NetworkParts): Network {
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
    backend ??= started(simd);
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
    inputs: graph.inputs as Network['inputs'],
    heads: heads as Network['heads'],
    site: (address, argument = 'layer') => findSite(graph, address, argument),
    forward(inputs, options = {}) {
      sweep();
      return forward(graph, inputs, options);
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

/** The backend that is current, with its kernels ready. */
function started(simd: SimdModules | undefined): string {
  if (simd) startSimd(simd);
  return tf.getBackend();
}

/** What is made with a store, which is emptied if it cannot be made. */
function freed<T>(store: WeightStore, make: () => T): T {
  try {
    return make();
  } catch (error) {
    store.dispose();
    throw error;
  }
}

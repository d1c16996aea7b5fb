import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '../../backend/kernels/convolve.ts';
import type { SimdModules } from '../../backend/kernels/simd/instances.ts';
import { startSimd } from '../../backend/kernels/simd/simd.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NetworkSource } from '../graph/networkSource.ts';
import { findSite } from '../graph/site.ts';
import { statedHeads } from '../heads/statedHeads.ts';
import type { Network } from '../network.ts';
import { keptPlans } from '../plan/plan.ts';
import type { OutputMeaning } from '../types.ts';
import { forward } from './forward.ts';
import { createStore, type WeightStore } from './store.ts';

/** What a network is made with. */
export interface NetworkParts {
  readonly output?: OutputMeaning | undefined;
  readonly precision?: Precision | undefined;
  /** Faster kernels, where the backend that the network runs on can take them. */
  readonly simd: SimdModules | undefined;
  /** Frees what it is compiled from, if the network owns that. */
  readonly release?: () => void;
}

/** A network of what it is compiled from. */
export function createNetwork(source: NetworkSource, { output, precision, simd, release }: NetworkParts): Network {
  const store = createStore(precision);
  const { graph, heads } = freed(store, () => {
    const built = source.graph(store);
    return { graph: built, heads: output === undefined ? built.heads : statedHeads(built.heads, output) };
  });
  const plans = keptPlans();
  let backend: string | undefined;
  let disposed = false;

  const startKernels = (): void => {
    if (simd) startSimd(simd);
  };
  const assertUsable = (): void => {
    if (disposed)
      throw new VitrineError('disposed', `network of "${source.name}" is disposed; compile the model again`);
    if (backend === undefined) startKernels();
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
    inputs: graph.inputs as Network['inputs'],
    heads: heads as Network['heads'],
    site: (address, argument = 'layer') => findSite(graph, address, argument),
    forward(inputs, options = {}) {
      sweep();
      return forward(graph, inputs, options, plans);
    },
    precision: store.precision,
    assertUsable,
    startKernels,
    sweep,
    dispose() {
      if (!disposed) release?.();
      disposed = true;
      store.dispose();
    },
  };
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

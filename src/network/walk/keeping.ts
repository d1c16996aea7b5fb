import type { Tensor } from '@tensorflow/tfjs-core';
import type { Network } from '../network.ts';
import { forward } from './forward.ts';

/**
 * A view of a network that keeps what it makes from other tensors than its weights, kernels that a rule puts in their
 * place. To dispose of it drops only that.
 */
export function keeping(network: Network, others: () => readonly Tensor[]): Network {
  return {
    ...network,
    forward(inputs, options = {}) {
      network.sweep(others());
      return forward(network.graph, inputs, options);
    },
    dispose: () => network.sweep(),
  };
}

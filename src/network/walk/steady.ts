import { VitrineError } from '../../numeric/errors.ts';
import type { NetworkSource } from '../graph/networkSource.ts';
import type { Network } from '../network.ts';

/**
 * A view of a network for one call, during which its weights, and the states of recurrent layers, must stay what they are:
 * batches of before and after would be mixed in one result.
 *
 * @param before the weights at the begin of the call; those of now by default.
 */
export function steady(network: Network, before: WeightNames = weightNames(network.source)): Network {
  network.assertUsable();
  const { source } = network;
  const assertUsable = (): void => {
    network.assertUsable();
    const now = weightNames(source);
    if (now.length === before.length && now.every((name, i) => name === before[i])) return;
    throw new VitrineError(
      'weights-changed',
      `the weights or states of "${source.name}" changed while a call was running: wait for it before you train the model, set its weights or run it on`,
    );
  };
  return {
    ...network,
    assertUsable,
    forward(inputs, options) {
      assertUsable();
      return network.forward(inputs, options);
    },
    sweep(others) {
      assertUsable();
      network.sweep(others);
    },
  };
}

/** What tells the weights of a moment from those of another. */
export type WeightNames = readonly object[];

/** The weights that a model has now, by what tfjs knows their data by. */
export function weightNames(source: NetworkSource): WeightNames {
  return source.weights().map(({ dataId }) => dataId);
}

import { VitrineError } from '../../numeric/errors.ts';
import { checkedRun } from '../incremental/baseRun.ts';
import type { Network } from '../network.ts';

/**
 * A view of a network for one call, during which its weights, and the states of recurrent layers, must stay what they are:
 * batches of before and after would be mixed in one result.
 */
export function steady(network: Network): Network {
  network.assertUsable();
  const { source } = network;
  const before = source.weights().map(({ dataId }) => dataId);
  const assertUsable = (): void => {
    network.assertUsable();
    const now = source.weights();
    if (now.length === before.length && now.every(({ dataId }, i) => dataId === before[i])) return;
    throw new VitrineError(
      'unsupported',
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
    baseRun(inputs, options) {
      assertUsable();
      return checkedRun(network.baseRun(inputs, options), assertUsable);
    },
    sweep(others) {
      assertUsable();
      network.sweep(others);
    },
  };
}

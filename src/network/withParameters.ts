import type { Tensor } from '@tensorflow/tfjs-core';
import type { Operation, Parameters } from './graph/operation.ts';
import { baseRun, checkedRun } from './incremental/baseRun.ts';
import type { Network } from './network.ts';
import { forward } from './walk/forward.ts';

/**
 * A compiled network that runs with other weights, for every function that takes a model; the model itself and the
 * given network stay as they are.
 *
 * @param network compiled by `compile`; it must outlive the result.
 * @param replace called once for each operation: its weights by name (`kernel` and `bias`, `scale` and `shift`, …), or
 * `undefined` to leave them as they are. The tensors stay the caller's.
 * @returns a view of the network. To dispose of it drops only what was made from the other weights.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { compile, gradient, withParameters } from 'vitrine';
 * const network = compile(model);
 * const bias = tf.zeros([8]);
 * const unbiased = withParameters(network, ({ address, parameters }) =>
 *   address === 'conv1' ? { ...parameters, bias } : undefined,
 * );
 * const { values } = await gradient(unbiased, x);
 * unbiased.dispose();
 * bias.dispose();
 * network.dispose();
 * ```
 */
export function withParameters(network: Network, replace: (operation: Operation) => Parameters | undefined): Network {
  const replaced = new Map(
    network.operations.map((operation) => {
      const parameters = replace(operation);
      return [operation, parameters ? operation.withParameters(() => parameters) : operation];
    }),
  );
  const steps = network.graph.steps.map((step) => ({ ...step, operation: replaced.get(step.operation) as Operation }));
  const graph = { ...network.graph, steps };
  const operations = steps.map(({ operation }) => operation);
  const sweep = (others: readonly Tensor[] = []): void => {
    const used = operations.flatMap(({ parameters }) => Object.values(parameters));
    network.sweep([...used, ...others]);
  };
  return {
    ...network,
    graph,
    operations,
    forward(inputs, options = {}) {
      sweep();
      return forward(graph, inputs, options);
    },
    baseRun(inputs, options) {
      sweep();
      return checkedRun(baseRun(graph, inputs, options), network.assertUsable);
    },
    sweep,
    dispose: () => network.sweep(),
  };
}

import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../numeric/errors.ts';
import { sameShape } from '../numeric/ndarray.ts';
import { callback, kind, object } from '../numeric/options.ts';
import type { Operation, OperationParameters } from './graph/operation.ts';
import type { Network } from './network.ts';
import { forward } from './walk/forward.ts';
import { assertCompiled } from './withNetwork.ts';

/**
 * A compiled network that runs with other weights, for every function that takes a model; the model itself and the
 * given network stay as they are.
 *
 * @param network compiled by `compile`; it must outlive the result.
 * @param replace called once for each operation: its weights by name (`kernel` and `bias`, `scale` and `shift`, …), or
 * `undefined` to leave them as they are; a bias may be one for each position, `[1, …, units]`. The tensors stay the caller's.
 * @returns a view of the network. To dispose of it drops only what was made from the other weights.
 * @throws {VitrineError} if `network` is not compiled, or if weights are no live tensors of the shape of those they replace.
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
export function withParameters(
  network: Network,
  replace: (operation: Operation) => OperationParameters | undefined,
): Network {
  assertCompiled('network', network);
  callback('replace', replace);
  const replaced = new Map(
    network.operations.map((operation) => {
      const parameters = replace(operation);
      assertParameters(operation, parameters);
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
    sweep,
    dispose: () => network.sweep(),
  };
}

function assertParameters(
  { address, kind: ofKind, parameters: own }: Operation,
  given: OperationParameters | undefined,
): void {
  if (given === undefined) return;
  object(`weights of ${ofKind} "${address}"`, given);
  for (const [name, tensor] of Object.entries(given)) {
    const argument = `${name} of ${ofKind} "${address}"`;
    live(argument, tensor);
    const expected = own[name]?.shape;
    if (expected === undefined || sameShape(tensor.shape, expected) || isPlaced(tensor.shape, expected)) continue;
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected shape [${expected.join(', ')}], got [${tensor.shape.join(', ')}]`,
    );
  }
}

/** Whether a vector, such as a bias, is given for each position: `[1, …, units]`. */
function isPlaced(shape: readonly number[], expected: readonly number[]): boolean {
  return expected.length === 1 && shape[0] === 1 && shape.at(-1) === expected[0];
}

const live = kind('a live tensor', (value) => {
  return typeof value === 'object' && value !== null && 'dataId' in value && !(value as Tensor).isDisposed;
});

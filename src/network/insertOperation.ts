import { VitrineError } from '../numeric/errors.ts';
import type { GraphStep, OperationGraph, Site } from './graph/graph.ts';
import type { Operation } from './graph/operation.ts';
import type { Network } from './network.ts';
import type { OperationSource } from './operations/base.ts';
import { forward } from './walk/forward.ts';
import { createStore } from './walk/store.ts';

/**
 * A view of a network in which what a layer makes goes through one more operation, which keeps its shape, before anything
 * reads it: under the layer's address stands what comes out. The network stays as it is, and must outlive the view.
 *
 * @param make gives the operation; what it derives from its weights is kept until the view is disposed.
 * @throws {VitrineError} if the place is an input, or an output that is no linear one: its meaning would be lost.
 */
export function insertOperation(network: Network, site: Site, make: (source: OperationSource) => Operation): Network {
  assertInner(network, site);
  const store = createStore(network.precision);
  let isDisposed = false;
  const operation = make({ address: site.address, layerClass: site.layerClass, store });
  const graph = graphWith(network.graph, site, operation);
  const assertUsable = (): void => {
    if (isDisposed)
      throw new VitrineError(
        'disposed',
        `the network whose layer "${site.address}" was changed is disposed; change it again`,
      );
    network.assertUsable();
  };
  const sweep: Network['sweep'] = (others = []) => {
    assertUsable();
    store.sweep(others);
    network.sweep(others);
  };
  return {
    ...network,
    graph,
    operations: graph.steps.map((step) => step.operation),
    assertUsable,
    sweep,
    forward(inputs, options = {}) {
      sweep();
      return forward(graph, inputs, options);
    },
    dispose() {
      isDisposed = true;
      store.dispose();
    },
  };
}

/** The same steps, but that the layer makes a value of its own, of which the operation makes the one that others read. */
function graphWith(graph: OperationGraph, { value }: Site, operation: Operation): OperationGraph {
  const inner = graph.valueCount;
  const steps = graph.steps.flatMap((step): readonly GraphStep[] =>
    step.output === value
      ? [
          { ...step, output: inner },
          { operation, inputs: [inner], output: value },
        ]
      : [step],
  );
  return {
    ...graph,
    steps,
    shapes: [...graph.shapes, graph.shapes[value] as readonly number[]],
    valueCount: inner + 1,
  };
}

function assertInner({ graph, heads, inputs }: Network, site: Site): void {
  if (inputs.some(({ value }) => value === site.value))
    throw new VitrineError(
      'unsupported',
      `"layer" expected a layer that makes something, but "${site.address}" is an input; change the examples instead`,
    );
  const head = heads.find((output) => output.site.value === site.value && output.logits.value !== site.value);
  if (!head) return;
  const before = [...graph.sites.values()].find(({ value }) => value === head.logits.value);
  throw new VitrineError(
    'unsupported',
    `"layer" expected a layer before the output, but "${site.address}" holds probabilities${before ? `; "${before.address}" holds their logits` : ''}`,
  );
}

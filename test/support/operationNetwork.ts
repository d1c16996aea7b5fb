import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { GraphStep, OperationGraph, Site } from '../../src/network/graph/graph.ts';
import type { Operation } from '../../src/network/graph/operation.ts';
import type { Network } from '../../src/network/network.ts';
import type { OperationSource } from '../../src/network/operations/base.ts';
import { forward } from '../../src/network/walk/forward.ts';
import { createStore } from '../../src/network/walk/store.ts';

/** Makes an operation for a place in a network. */
export type Make = (source: OperationSource) => Operation;

/** An operation and the names of what it reads: `x` is the input, and what nothing is said of reads what comes before. */
export type Named = readonly [name: string, make: Make, ...reads: string[]];

/**
 * A network of operations, with no layers around them, on an input `x` of a shape (batch axis left out). What nothing
 * reads last is its output. It frees what it makes; the weights stay the caller's.
 */
export function operationNetwork(shape: readonly number[], operations: readonly Named[]): Network {
  const store = createStore();
  const values = new Map<string, number>([['x', 0]]);
  const steps = operations.map(([name, make, ...reads], i): GraphStep => {
    const inputs = reads.length > 0 ? reads.map((read) => values.get(read) as number) : [i];
    values.set(name, i + 1);
    return { operation: make({ address: name, layerClass: 'Test', store }), inputs, output: i + 1 };
  });
  const shapes = shapesOf(steps, shape);
  const sites = new Map(
    [...values].map(([address, value]): [string, Site] => [
      address,
      { address, layerClass: 'Test', value, parameterCount: 0, shape: shapes[value] as readonly (number | null)[] },
    ]),
  );
  const [input, output] = [sites.get('x') as Site, [...sites.values()].at(-1) as Site];
  const head = { site: output, logits: output, link: 'linear' as const };
  const graph: OperationGraph = { steps, inputs: [input], heads: [head], sites, shapes, valueCount: steps.length + 1 };
  return {
    source: { weights: () => [] } as never,
    graph,
    operations: steps.map(({ operation }) => operation),
    inputs: [input],
    heads: [head],
    site: (address) => sites.get(address) as Site,
    forward: (inputs, options = {}) => forward(graph, inputs, options),
    assertUsable: () => undefined,
    startKernels: () => undefined,
    precision: 'default',
    sweep: () => undefined,
    dispose: () => store.dispose(),
  };
}

/** Each shape as the operations make it of zeros. */
function shapesOf(steps: readonly GraphStep[], shape: readonly number[]): (readonly (number | null)[])[] {
  const shapes: (readonly (number | null)[])[] = [];
  tf.tidy(() => {
    const values = [tf.zeros([1, ...shape])];
    for (const { operation, inputs } of steps) {
      values.push(operation.forward(inputs.map((value) => values[value] as Tensor)));
    }
    shapes.push(...values.map((value) => [null, ...value.shape.slice(1)]));
  });
  return shapes;
}

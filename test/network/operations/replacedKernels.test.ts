import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { WindowGeometry } from '../../../src/backend/kernels/geometry.ts';
import type { Operation, OperationParameters } from '../../../src/network/graph/operation.ts';
import type { OperationSource } from '../../../src/network/operations/base.ts';
import { conv2d, depthwiseConv2d } from '../../../src/network/operations/convolution.ts';
import { dense } from '../../../src/network/operations/dense.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import { expectClose } from '../../support/close.ts';
import { noiseTensor } from '../../support/operations.ts';

interface Linear {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  make(source: OperationSource, parameters: () => OperationParameters): Operation;
}

const sliding = (length: number, stride = 1): WindowGeometry => ({
  window: [length, length],
  strides: [stride, stride],
  padding: 'same',
  dilations: [1, 1],
});
const picture = [2, 8, 8, 16];

// Each keeps its kernel in another order.
const layers: Readonly<Record<string, Linear>> = {
  '3×3': {
    input: picture,
    output: picture,
    kernel: [3, 3, 16, 16],
    make: (source, parameters) => conv2d(source, sliding(3), parameters),
  },
  '3×3 of 64 channels': {
    input: [1, 6, 7, 64],
    output: [1, 6, 7, 64],
    kernel: [3, 3, 64, 64],
    make: (source, parameters) => conv2d(source, sliding(3), parameters),
  },
  '1×1': {
    input: picture,
    output: [2, 8, 8, 5],
    kernel: [1, 1, 16, 5],
    make: (source, parameters) => conv2d(source, sliding(1), parameters),
  },
  '3×3 from 3 channels, stride 2': {
    input: [2, 8, 8, 3],
    output: [2, 4, 4, 16],
    kernel: [3, 3, 3, 16],
    make: (source, parameters) => conv2d(source, sliding(3, 2), parameters),
  },
  depthwise: {
    input: picture,
    output: picture,
    kernel: [3, 3, 16, 1],
    make: (source, parameters) => depthwiseConv2d(source, sliding(3), parameters),
  },
  dense: { input: [3, 20], output: [3, 11], kernel: [20, 11], make: dense },
};

describe.each(Object.entries(layers))(
  'what is made of a kernel follows it: %s',
  (_, { input, output, kernel, make }) => {
    test.each(['exact', 'default', 'fast'] as const)('%s', async (precision) => {
      const before = tf.memory().numTensors;
      const store = createStore(precision);
      const source = { address: 'layer', layerClass: 'Test', store };
      const [x, cotangent, first, second] = tf.tidy(() => [
        noiseTensor(input, 1),
        noiseTensor(output, 2),
        noiseTensor(kernel, 3),
        noiseTensor(kernel, 4),
      ]) as [Tensor, Tensor, Tensor, Tensor];
      const variable: Variable = tf.variable(first);
      const operation = make(source, () => ({ kernel: variable }));
      const passes = (of: Operation, weights?: OperationParameters): readonly Tensor[] =>
        tf.tidy(() => {
          const y = of.forward([x], weights);
          const [gradient] = of.pullback(cotangent, { inputShapes: [x.shape], inputs: [x], output: y }, weights);
          return [y, gradient as Tensor];
        });
      const others = [first, second].map((tensor) => {
        const apart = createStore(precision);
        const results = passes(make({ ...source, store: apart }, () => ({ kernel: tensor })));
        apart.dispose();
        return results;
      }) as [readonly Tensor[], readonly Tensor[]];

      await expectSame(passes(operation), others[0]);
      // Weights that a caller hands over, as those with one sign.
      await expectSame(passes(operation, { kernel: second }), others[1]);
      await expectSame(passes(operation), others[0]);
      const kept = tf.memory().numTensors;
      // Training, and setWeights.
      variable.assign(second);
      await expectSame(passes(operation), others[1]);
      store.sweep([variable]);
      expect(tf.memory().numTensors).toBeLessThanOrEqual(kept);
      await expectSame(passes(operation), others[1]);
      // Where a tape records tfjs computes, whatever is kept.
      const recorded = taped(() => passes(operation));
      for (const [i, expected] of others[1].entries()) await expectClose(recorded[i] as Tensor, expected);

      store.dispose();
      tf.dispose([x, cotangent, first, second, variable, others, recorded] as tf.TensorContainer[] as Tensor[]);
      expect(tf.memory().numTensors).toBe(before);
    });
  },
);

/** The same numbers; those found are freed. */
async function expectSame(found: readonly Tensor[], expected: readonly Tensor[]): Promise<void> {
  for (const [i, tensor] of found.entries()) expect(await tensor.data()).toEqual(await (expected[i] as Tensor).data());
  tf.dispose([...found]);
}

/** What a function makes while a tape records, for the caller to free. */
function taped(run: () => readonly Tensor[]): Tensor[] {
  const found: Tensor[] = [];
  // Few gradients of tfjs are registered here: this one has its own.
  const recorded = tf.customGrad((x) => {
    found.push(...run().map((tensor) => tf.keep(tf.clone(tensor))));
    return { value: tf.clone(x as Tensor), gradFunc: (dy: Tensor) => dy };
  });
  tf.tidy(() => void tf.grad(recorded)(tf.scalar(0)));
  return found;
}

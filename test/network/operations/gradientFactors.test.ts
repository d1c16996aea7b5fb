import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { WindowGeometry } from '../../../src/backend/kernels/geometry.ts';
import type { GradientFactors, Operation, OperationParameters } from '../../../src/network/graph/operation.ts';
import type { OperationSource } from '../../../src/network/operations/base.ts';
import { conv2d, depthwiseConv2d } from '../../../src/network/operations/convolution.ts';
import { dense } from '../../../src/network/operations/dense.ts';
import { groupedConv2d } from '../../../src/network/operations/groupedConv2d.ts';
import { overFrames } from '../../../src/network/operations/viewed.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import { expectClose } from '../../support/close.ts';
import { noiseTensor } from '../../support/operations.ts';

type Make = (source: OperationSource, parameters: () => OperationParameters) => Operation;

interface Case {
  readonly make: Make;
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly units: number;
}

const geometry = (others: Partial<WindowGeometry> = {}): WindowGeometry => ({
  ...{ window: [3, 2], strides: [1, 1], padding: 'same', dilations: [1, 1] },
  ...others,
});
const grouped =
  (groups: number, others?: Partial<WindowGeometry>): Make =>
  (source, parameters) =>
    groupedConv2d(source, { groups, ...geometry(others) }, parameters);

const cases: Readonly<Record<string, Case>> = {
  dense: { make: dense, x: [3, 5], kernel: [5, 4], units: 4 },
  'dense on sequences': { make: dense, x: [3, 4, 5], kernel: [5, 4], units: 4 },
  'a dilated convolution': {
    make: (source, parameters) => conv2d(source, geometry({ dilations: [2, 1] }), parameters),
    x: [3, 6, 7, 2],
    kernel: [3, 2, 2, 4],
    units: 4,
  },
  'a depthwise convolution': {
    make: (source, parameters) => depthwiseConv2d(source, geometry({ padding: 'valid' }), parameters),
    x: [3, 6, 7, 2],
    kernel: [3, 2, 2, 3],
    units: 6,
  },
  'two groups': { make: grouped(2, { strides: [2, 1] }), x: [3, 5, 6, 6], kernel: [3, 2, 3, 4], units: 4 },
  'one channel to a group': { make: grouped(3), x: [3, 5, 6, 3], kernel: [3, 2, 1, 6], units: 6 },
  'a convolution of each frame': {
    make: (source, parameters) => overFrames(conv2d(source, geometry(), parameters)),
    x: [3, 2, 4, 5, 2],
    kernel: [3, 2, 2, 4],
    units: 4,
  },
};

// Of what is linear in its weights: the gradients g of ⟨c, f(x; w)⟩ have ⟨g_i, g_j⟩ = ⟨c_i, f(x_i; g_j)⟩.
test.each(Object.entries(cases))(
  'the gradients of examples by %s are its transpose',
  async (_, { make, ...shapes }) => {
    const store = createStore();
    const tensors = { kernel: noiseTensor(shapes.kernel, 1), bias: noiseTensor([shapes.units], 2) };
    const operation = make({ address: 'operation', layerClass: 'Test', store }, () => tensors);
    const [x, cotangent] = tf.tidy(() => {
      const input = noiseTensor(shapes.x, 3);
      return [input, noiseTensor(operation.forward([input]).shape, 4)];
    }) as [Tensor, Tensor];
    const [found, expected] = tf.tidy(() => {
      const factors = operation.gradientFactors?.([cotangent], { inputs: [x] }) ?? [];
      expect(factors.every(({ met, fed }) => met.rank === 4 && fed[0]?.rank === 4)).toBe(true);
      const gradients = weightsOfExamples(operation, x, cotangent);
      return [
        productsOf(factors),
        tf.stack(
          gradients.map((weights) => alongOutput(operation, { x, cotangent, weights })),
          1,
        ),
      ];
    }) as [Tensor, Tensor];
    await expectClose(found, expected, { tolerance: 1e-4 });
    tf.dispose([x, cotangent, found, expected, tensors]);
    store.dispose();
  },
);

test('a bias of each position has no such factors', () => {
  const store = createStore();
  const tensors = { kernel: noiseTensor([3, 2, 2, 4], 1), bias: noiseTensor([1, 5, 6, 4], 2) };
  const operation = conv2d({ address: 'operation', layerClass: 'Test', store }, geometry(), () => tensors);
  expect(operation.gradientFactors).toBeUndefined();
  tf.dispose(tensors);
  store.dispose();
});

/** The gradients of each example by the kernel and the bias, by the pullback of the kernel on that example alone. */
function weightsOfExamples(operation: Operation, x: Tensor, cotangent: Tensor): OperationParameters[] {
  const [units, count] = [cotangent.shape.at(-1) as number, x.shape[0] as number];
  return Array.from({ length: count }, (_, i) => {
    const [own, arrived] = [tf.slice(x, i, 1), tf.slice(cotangent, i, 1)];
    const kernel = operation.kernelPullback?.(arrived, { inputs: [own] }) as Tensor;
    const shape = operation.parameters['kernel']?.shape as number[];
    return { kernel: tf.reshape(kernel, shape), bias: tf.sum(tf.reshape(arrived, [-1, units]), 0) };
  });
}

/** ⟨c_i, f(x_i; w)⟩ of each example. */
function alongOutput(
  operation: Operation,
  { x, cotangent, weights }: { readonly x: Tensor; readonly cotangent: Tensor; readonly weights: OperationParameters },
): Tensor {
  const y = operation.withParameters(() => weights).forward([x]);
  return tf.sum(tf.reshape(tf.mul(y, cotangent), [x.shape[0] as number, -1]), 1);
}

/** ⟨g_i, g_j⟩ of all pairs of examples. */
function productsOf(factors: readonly GradientFactors[]): Tensor {
  return tf.addN(
    factors.map(({ met, fed: [fed] }) => {
      const gradients = tf.matMul(met, fed as Tensor, true);
      const rows = tf.reshape(tf.transpose(gradients, [1, 0, 2, 3]), [met.shape[1] as number, -1]);
      return tf.matMul(rows, rows, false, true);
    }),
  );
}

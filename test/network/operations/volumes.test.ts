import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Operation, OperationParameters } from '../../../src/network/graph/operation.ts';
import type { OperationSource } from '../../../src/network/operations/base.ts';
import { averagePool, maxPool } from '../../../src/network/operations/pooling.ts';
import { conv3d } from '../../../src/network/operations/volumes/conv3d.ts';
import { conv3dTranspose } from '../../../src/network/operations/volumes/conv3dTranspose.ts';
import { pooling3d } from '../../../src/network/operations/volumes/pooling3d.ts';
import type { Triple } from '../../../src/network/operations/volumes/window3d.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import { random } from '../../../src/numeric/random.ts';
import * as oracle from '../../oracle/volumes.ts';
import { expectClose } from '../../support/close.ts';
import { type Named, operationNetwork } from '../../support/operationNetwork.ts';
import { passes } from '../../support/operations.ts';

type Window = oracle.Window & { readonly size: Triple; readonly strides: Triple; readonly dilations?: Triple };

const windows: Readonly<Record<string, Window>> = {
  valid: { size: [2, 3, 2], strides: [1, 1, 1], padding: 'valid' },
  'valid, strides': { size: [2, 2, 3], strides: [2, 1, 3], padding: 'valid' },
  'valid, strides above the window': { size: [1, 2, 1], strides: [2, 3, 2], padding: 'valid' },
  same: { size: [2, 3, 2], strides: [1, 1, 1], padding: 'same' },
  'same, strides': { size: [3, 2, 3], strides: [2, 1, 3], padding: 'same' },
  'same, strides above the window': { size: [1, 1, 2], strides: [3, 2, 3], padding: 'same' },
  'one place': { size: [1, 1, 1], strides: [1, 1, 1], padding: 'same' },
};
const dilated: Readonly<Record<string, Window>> = {
  'valid, dilated': { size: [2, 2, 3], strides: [1, 1, 1], padding: 'valid', dilations: [2, 3, 1] },
  'same, dilated': { size: [2, 3, 2], strides: [1, 1, 1], padding: 'same', dilations: [1, 2, 3] },
};

const volume = [2, 4, 5, 6, 2];

function noise(shape: readonly number[], seed: number): oracle.Volume {
  const draw = random(seed);
  const { data } = oracle.zeros(shape);
  return { shape, data: data.map(() => Math.fround(2 * draw.uniform() - 1)) };
}

function tensorOf({ data, shape }: oracle.Volume): Tensor {
  return tf.tensor(Float32Array.from(data), [...shape]);
}

/** Runs on an operation with weights and frees all of it. */
async function using(
  make: (source: OperationSource, parameters: () => OperationParameters) => Operation,
  kernel: oracle.Volume,
  check: (operation: Operation) => Promise<void>,
): Promise<void> {
  const store = createStore();
  const parameters = { kernel: tensorOf(kernel), bias: tf.tensor1d([0.5, -0.25, 1].slice(0, 3)) };
  await check(make({ address: 'a', layerClass: 'A', store }, () => parameters));
  store.dispose();
  tf.dispose(Object.values(parameters));
}

async function expectVolume(run: () => Tensor, { shape, data }: oracle.Volume, name: string): Promise<void> {
  const found = tf.tidy(run);
  await expectClose(found, { shape, data: Float32Array.from(data) }, { name });
  found.dispose();
}

function ioOf(x: Tensor): { inputShapes: number[][]; inputs: Tensor[]; output: Tensor } {
  return { inputShapes: [x.shape], inputs: [x], output: undefined as never };
}

const bias = [0.5, -0.25, 1];

function withBias({ shape, data }: oracle.Volume): oracle.Volume {
  return { shape, data: data.map((value, i) => value + (bias[i % 3] as number)) };
}

describe('conv3d', () => {
  test.each(Object.entries({ ...windows, ...dilated }))('%s: as plain loops', async (_name, window) => {
    const [x, kernel] = [noise(volume, 1), noise([...window.size, 2, 3], 2)];
    const cotangent = noise(oracle.slid(volume, window, 3), 3);
    await using(
      (source, parameters) => conv3d(source, window, parameters),
      kernel,
      async (operation) => {
        await expectVolume(() => operation.forward([tensorOf(x)]), withBias(oracle.conv(x, kernel, window)), 'output');
        await expectVolume(
          () => operation.pullback(tensorOf(cotangent), ioOf(tensorOf(x)))[0] as Tensor,
          oracle.convInputGradient(cotangent, kernel, window, volume),
          'input gradient',
        );
        await expectVolume(
          () => operation.kernelPullback?.(tensorOf(cotangent), ioOf(tensorOf(x))) as Tensor,
          oracle.convKernelGradient(x, cotangent, window, kernel.shape),
          'kernel gradient',
        );
      },
    );
  });
});

describe('conv3dTranspose', () => {
  test.each(Object.entries(windows))('%s: the transpose of a convolution', async (_name, window) => {
    const [x, kernel] = [noise(volume, 1), noise([...window.size, 3, 2], 2)];
    const lengths = [0, 1, 2].map((axis) => {
      const [size, stride] = [window.size[axis] as number, window.strides[axis] as number];
      return (volume[axis + 1] as number) * stride + (window.padding === 'valid' ? Math.max(size - stride, 0) : 0);
    });
    const shape = [2, ...lengths, 3];
    const cotangent = noise(shape, 3);
    await using(
      (source, parameters) => conv3dTranspose(source, window, parameters),
      kernel,
      async (operation) => {
        await expectVolume(
          () => operation.forward([tensorOf(x)]),
          withBias(oracle.convInputGradient(x, kernel, window, shape)),
          'output',
        );
        await expectVolume(
          () => operation.pullback(tensorOf(cotangent), ioOf(tensorOf(x)))[0] as Tensor,
          oracle.conv(cotangent, kernel, window),
          'gradient',
        );
      },
    );
  });
});

describe.each([
  ['maximum', maxPool, oracle.maxPool],
  ['mean', averagePool, oracle.averagePool],
] as const)('pooling3d: %s', (_name, pool, expected) => {
  const networkOf = (window: Window): ReturnType<typeof operationNetwork> => {
    const store = createStore();
    const parts = pooling3d(pool, { address: 'p', layerClass: 'P', store }, window);
    return operationNetwork(
      volume.slice(1),
      parts.map((part, i): Named => [`part ${i}`, () => part]),
    );
  };

  test.each(Object.entries(windows))('%s: as plain loops', async (_window, window) => {
    const network = networkOf(window);
    // All negative: the border must count for nothing.
    const { shape, data } = noise(volume, 4);
    const x = { shape, data: data.map((value) => Math.fround(value - 2)) };
    const input = tensorOf(x);
    const { y, cotangent, gradient } = passes(network, input);
    const given = { shape: y.shape, data: Float64Array.from(await cotangent.data()) };
    const loops = oracle.pooled(x, window, expected, given);
    await expectVolume(() => tf.clone(y), loops.output, 'output');
    await expectVolume(() => tf.clone(gradient), loops.gradient, 'gradient');
    tf.dispose([input, y, cotangent, gradient]);
    network.dispose();
  });

  test('of equal values the first in row-major order', async () => {
    const window: Window = { size: [2, 3, 2], strides: [1, 2, 2], padding: 'same' };
    const network = networkOf(window);
    const data = noise(volume, 5).data.map((value) => Math.round(value));
    const input = tensorOf({ shape: volume, data });
    const { y, cotangent, gradient } = passes(network, input);
    const given = { shape: y.shape, data: Float64Array.from(await cotangent.data()) };
    await expectVolume(
      () => tf.clone(gradient),
      oracle.pooled({ shape: volume, data }, window, expected, given).gradient,
      'gradient',
    );
    expect(y.shape).toEqual([2, 4, 3, 3, 2]);
    tf.dispose([input, y, cotangent, gradient]);
    network.dispose();
  });
});

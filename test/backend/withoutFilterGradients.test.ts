import '@tensorflow/tfjs-layers';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { withoutFilterGradients } from '../../src/backend/kernels/withoutFilterGradients.ts';

const names = [tf.Conv2DBackpropFilter, tf.DepthwiseConv2dNativeBackpropFilter];

test('withoutFilterGradients(run): the input gradient through a fused convolution', async () => {
  const filter = tf.randomNormal([3, 3, 2, 4]) as Tensor4D;
  const x = tf.randomNormal([1, 6, 6, 2]);
  const convolve = (image: Tensor): Tensor =>
    tf.fused.conv2d({ x: image as Tensor4D, filter, strides: 1, pad: 'same' });
  const cotangent = tf.randomNormal([1, 6, 6, 4]) as Tensor4D;
  const gradient = withoutFilterGradients(() => tf.grad(convolve)(x, cotangent));
  const expected = tf.conv2dTranspose(cotangent, filter, [1, 6, 6, 2], 1, 'same');
  const [values, expectedValues] = await Promise.all([gradient.data(), expected.data()]);
  values.forEach((value, i) => expect(value).toBeCloseTo(expectedValues[i] as number, 4));
  tf.dispose([filter, x, cotangent, gradient, expected]);
});

test('withoutFilterGradients(run): filter gradients are zeros of the filter shape', async () => {
  const x = tf.randomNormal([1, 6, 6, 2]) as Tensor4D;
  const filter = tf.randomNormal([3, 3, 2, 4]) as Tensor4D;
  const gradient = withoutFilterGradients(() => tf.grad((f) => tf.conv2d(x, f as Tensor4D, 1, 'valid'))(filter));
  expect(gradient.shape).toEqual([3, 3, 2, 4]);
  expect(await gradient.data()).toEqual(new Float32Array(72));
  tf.dispose([x, filter, gradient]);
});

test('withoutFilterGradients(run) puts the kernels back, also when nested or when it throws', () => {
  const registered = (): unknown[] => names.map((name) => tf.getKernel(name, tf.getBackend()));
  const expectRegistered = (kernels: unknown[]): void =>
    registered().forEach((kernel, i) => expect(kernel).toBe(kernels[i]));
  const before = registered();
  withoutFilterGradients(() => {
    const outer = registered();
    outer.forEach((kernel, i) => expect(kernel).not.toBe(before[i]));
    withoutFilterGradients(() => undefined);
    expectRegistered(outer);
  });
  expect(() =>
    withoutFilterGradients(() => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  expectRegistered(before);
});

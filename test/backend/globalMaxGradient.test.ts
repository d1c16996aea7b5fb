import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { test } from 'vitest';
import { globalMaxGradient } from '../../src/backend/kernels/globalMaxGradient.ts';
import { maxPoolGradient } from '../oracle/pooling.ts';
import type { Block } from '../oracle/windows.ts';
import { cases, expectBlock, noise, tensorOf, type WindowCase, windowCases } from '../support/windows.ts';

// A global maximum is the maximum under one window of the size of the plane.
async function agrees(input: Block, seed: number): Promise<void> {
  const [batch, rows, columns, channels] = input.shape;
  const cotangent = noise([batch, 1, 1, channels], seed);
  const geometry = { window: [rows, columns], strides: [1, 1], padding: 'valid', dilations: [1, 1] } as const;
  await expectBlock(
    () => globalMaxGradient(tf.reshape(tensorOf(cotangent), [batch, channels]), tensorOf(input)) as tf.Tensor4D,
    maxPoolGradient(cotangent, input, geometry),
  );
}

test.for([
  ['one maximum', 1e6],
  ['a tie goes to the first in row-major order', 2],
  ['all equal', 0],
] as const)('globalMaxGradient(cotangent, input): %s', async ([, levels]) => {
  const property = fc.asyncProperty(windowCases({ dilation: 1 }), ({ inputShape, seed }: WindowCase) => {
    const { shape, data } = noise(inputShape, seed);
    return agrees({ shape, data: data.map((value) => Math.floor(levels * value)) }, seed + 1);
  });
  await fc.assert(property, cases);
});

test('globalMaxGradient(cotangent, input): a larger plane', async () => {
  const { shape, data } = noise([2, 20, 21, 48], 4);
  await agrees({ shape, data: data.map((value) => Math.floor(8 * value)) }, 5);
});

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { test } from 'vitest';
import { averagePool, maxPool } from '../oracle/pooling.ts';
import { cases, expectBlock, noise, tensorOf, windowCases } from '../support/windows.ts';

test.for([
  ['maxPool', tf.maxPool, maxPool],
  ['avgPool', tf.avgPool, averagePool],
] as const)('tf.%s(x, window, strides, padding)', async ([, pool, oracle]) => {
  const property = fc.asyncProperty(windowCases({ dilation: 1 }), async ({ inputShape, geometry, seed }) => {
    const { window, strides, padding } = geometry;
    const input = noise(inputShape, seed);
    await expectBlock(() => pool(tensorOf(input), [...window], [...strides], padding), oracle(input, geometry));
  });
  await fc.assert(property, cases);
});

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { test } from 'vitest';
import { maxPoolGradient } from '../../src/backend/kernels/maxPoolGradient.ts';
import * as oracle from '../oracle/pooling.ts';
import { type Block, outputShape } from '../oracle/windows.ts';
import { cases, expectBlock, noise, tensorOf, type WindowCase, windowCases } from '../support/windows.ts';

async function agrees(input: Block, { inputShape, geometry, seed }: WindowCase): Promise<void> {
  const { window, strides, padding } = geometry;
  const cotangent = noise(outputShape(inputShape, geometry, inputShape[3]), seed + 1);
  await expectBlock(
    () => {
      const x = tensorOf(input);
      const y = tf.maxPool(x, [...window], [...strides], padding);
      return maxPoolGradient(tensorOf(cotangent), x, y, geometry);
    },
    oracle.maxPoolGradient(cotangent, input, geometry),
  );
}

/** Whole numbers from −2 to 1: most windows have several maxima. */
function coarse(shape: Block['shape'], seed: number): Block {
  return { shape, data: noise(shape, seed).data.map((value) => Math.floor(2 * value)) };
}

test('maxPoolGradient(cotangent, input, output, geometry)', async () => {
  const property = fc.asyncProperty(windowCases({ dilation: 1 }), (example) =>
    agrees(noise(example.inputShape, example.seed), example),
  );
  await fc.assert(property, cases);
});

test('maxPoolGradient(cotangent, input, output, geometry): a tie goes to the first in row-major order', async () => {
  const property = fc.asyncProperty(windowCases({ dilation: 1 }), (example) =>
    agrees(coarse(example.inputShape, example.seed), example),
  );
  await fc.assert(property, cases);
});

test('maxPoolGradient(cotangent, input, output, geometry): a larger plane', async () => {
  const inputShape = [1, 24, 25, 40] as const;
  const geometry = { window: [3, 3], strides: [2, 2], padding: 'same', dilations: [1, 1] } as const;
  await agrees(coarse(inputShape, 3), { inputShape, geometry, outputs: 1, seed: 3 });
});

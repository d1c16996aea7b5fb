import fc from 'fast-check';
import { test } from 'vitest';
import { averagePoolGradient } from '../../src/backend/kernels/averagePoolGradient.ts';
import * as oracle from '../oracle/pooling.ts';
import { outputShape } from '../oracle/windows.ts';
import { cases, expectBlock, noise, tensorOf, type WindowCase, windowCases } from '../support/windows.ts';

async function agrees({ inputShape, geometry, seed }: WindowCase): Promise<void> {
  const cotangent = noise(outputShape(inputShape, geometry, inputShape[3]), seed);
  await expectBlock(
    () => averagePoolGradient(tensorOf(cotangent), inputShape, geometry),
    oracle.averagePoolGradient(cotangent, noise(inputShape, seed + 1), geometry),
  );
}

test('averagePoolGradient(cotangent, inputShape, geometry)', async () => {
  await fc.assert(fc.asyncProperty(windowCases({ dilation: 1 }), agrees), cases);
});

test('averagePoolGradient(cotangent, inputShape, geometry): padding does not count', () =>
  agrees({
    inputShape: [2, 17, 17, 24],
    geometry: { window: [3, 3], strides: [1, 1], padding: 'same', dilations: [1, 1] },
    outputs: 1,
    seed: 5,
  }));

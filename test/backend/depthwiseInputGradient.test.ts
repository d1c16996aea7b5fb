import fc from 'fast-check';
import { test } from 'vitest';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../../src/backend/kernels/depthwiseInputGradient.ts';
import * as oracle from '../oracle/convolution.ts';
import { outputShape } from '../oracle/windows.ts';
import { cases, expectBlock, noise, tensorOf, type WindowCase, windowCases } from '../support/windows.ts';

async function agrees({ inputShape, geometry, outputs: multiplier, seed }: WindowCase): Promise<void> {
  const kernel = noise([...geometry.window, inputShape[3], multiplier], seed);
  const cotangent = noise(outputShape(inputShape, geometry, inputShape[3] * multiplier), seed + 1);
  await expectBlock(
    () =>
      depthwiseInputGradient(
        tensorOf(cotangent),
        prepareDepthwiseKernel(tensorOf(kernel), geometry),
        inputShape,
        geometry,
      ),
    oracle.depthwiseInputGradient(cotangent, kernel, { inputShape, geometry }),
  );
}

test('depthwiseInputGradient(cotangent, prepared, inputShape, geometry)', async () => {
  await fc.assert(fc.asyncProperty(windowCases({ dilation: 3 }), agrees), cases);
});

test.for<[string, WindowCase['geometry']]>([
  ['3×3', { window: [3, 3], strides: [1, 1], padding: 'same', dilations: [1, 1] }],
  ['3×3, stride 2', { window: [3, 3], strides: [2, 2], padding: 'same', dilations: [1, 1] }],
  ['5×5, stride 2', { window: [5, 5], strides: [2, 2], padding: 'same', dilations: [1, 1] }],
  ['5×3, stride 2', { window: [5, 3], strides: [2, 2], padding: 'same', dilations: [1, 1] }],
])('depthwiseInputGradient(cotangent, prepared, inputShape, geometry): %s', ([, geometry]) =>
  agrees({ inputShape: [2, 28, 27, 20], geometry, outputs: 1, seed: 7 }),
);

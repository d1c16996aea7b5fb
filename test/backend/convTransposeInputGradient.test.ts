import fc from 'fast-check';
import { test } from 'vitest';
import { convTransposeInputGradient } from '../../src/backend/kernels/convTransposeInputGradient.ts';
import { conv } from '../oracle/convolution.ts';
import { cases, expectBlock, noise, tensorOf, type WindowCase, windowCases } from '../support/windows.ts';

// The transposed convolution maps what the convolution makes of `inputShape` back onto it.
async function agrees({ inputShape, geometry, outputs, seed }: WindowCase): Promise<void> {
  const kernel = noise([...geometry.window, inputShape[3], outputs], seed);
  const cotangent = noise(inputShape, seed + 1);
  await expectBlock(
    () => convTransposeInputGradient(tensorOf(cotangent), tensorOf(kernel), geometry),
    conv(cotangent, kernel, geometry),
  );
}

test('convTransposeInputGradient(cotangent, kernel, geometry)', async () => {
  await fc.assert(fc.asyncProperty(windowCases({ dilation: 1 }), agrees), cases);
});

import fc from 'fast-check';
import { test } from 'vitest';
import { convInputGradient, prepareConvKernel } from '../../src/backend/kernels/convInputGradient.ts';
import * as oracle from '../oracle/convolution.ts';
import { outputShape } from '../oracle/windows.ts';
import { cases, expectBlock, noise, tensorOf, type WindowCase, windowCases } from '../support/windows.ts';

async function agrees({ inputShape, geometry, outputs, seed }: WindowCase): Promise<void> {
  const kernel = noise([...geometry.window, inputShape[3], outputs], seed);
  const cotangent = noise(outputShape(inputShape, geometry, outputs), seed + 1);
  await expectBlock(
    () => convInputGradient(tensorOf(cotangent), prepareConvKernel(tensorOf(kernel), geometry), inputShape, geometry),
    oracle.convInputGradient(cotangent, kernel, { inputShape, geometry }),
  );
}

test('convInputGradient(cotangent, prepared, inputShape, geometry)', async () => {
  await fc.assert(fc.asyncProperty(windowCases({ dilation: 3 }), agrees), cases);
});

const unit = [1, 1] as const;

test.for<[string, Omit<WindowCase, 'seed'>]>([
  [
    '1×1',
    {
      inputShape: [2, 14, 14, 24],
      geometry: { window: unit, strides: unit, padding: 'valid', dilations: unit },
      outputs: 40,
    },
  ],
  [
    '1×1, stride 2',
    {
      inputShape: [1, 15, 14, 24],
      geometry: { window: unit, strides: [2, 2], padding: 'same', dilations: unit },
      outputs: 40,
    },
  ],
  [
    '3×3, stride 2, even',
    {
      inputShape: [1, 32, 32, 3],
      geometry: { window: [3, 3], strides: [2, 2], padding: 'same', dilations: unit },
      outputs: 32,
    },
  ],
  [
    '7×7, stride 2',
    {
      inputShape: [1, 30, 30, 3],
      geometry: { window: [7, 7], strides: [2, 2], padding: 'valid', dilations: unit },
      outputs: 16,
    },
  ],
  [
    '1×7',
    {
      inputShape: [1, 17, 17, 20],
      geometry: { window: [1, 7], strides: unit, padding: 'same', dilations: unit },
      outputs: 24,
    },
  ],
  [
    '3×3, dilation 4',
    {
      inputShape: [1, 17, 17, 20],
      geometry: { window: [3, 3], strides: unit, padding: 'same', dilations: [4, 4] },
      outputs: 24,
    },
  ],
])('convInputGradient(cotangent, prepared, inputShape, geometry): %s', ([, example]) =>
  agrees({ ...example, seed: 7 }),
);

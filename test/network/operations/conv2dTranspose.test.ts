import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  conv2dTranspose,
  type TransposedGeometry,
  transposedLength,
} from '../../../src/network/operations/conv2dTranspose.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import * as oracle from '../../oracle/convolution.ts';
import type { Block } from '../../oracle/windows.ts';
import { expectRegions } from '../../support/operations.ts';
import { expectBlock, noise, tensorOf } from '../../support/windows.ts';

const unit = [1, 1] as const;

/** Geometries, and what `deconv_output_length` of Keras 2.15 gives for 5 rows. */
const cases: readonly (readonly [name: string, geometry: TransposedGeometry, length: number])[] = [
  ['same', { window: [3, 3], strides: [2, 2], padding: 'same', dilations: unit }, 10],
  [
    'same, no output padding',
    { window: [3, 3], strides: [2, 2], padding: 'same', dilations: unit, outputPadding: [0, 0] },
    9,
  ],
  [
    'same, output padding 1',
    { window: [3, 3], strides: [2, 2], padding: 'same', dilations: unit, outputPadding: [1, 1] },
    10,
  ],
  [
    'same, even window',
    { window: [4, 4], strides: [2, 2], padding: 'same', dilations: unit, outputPadding: [1, 1] },
    9,
  ],
  ['valid', { window: [3, 3], strides: [2, 2], padding: 'valid', dilations: unit }, 11],
  [
    'valid, output padding 1',
    { window: [3, 3], strides: [2, 2], padding: 'valid', dilations: unit, outputPadding: [1, 0] },
    12,
  ],
  ['valid, stride above window', { window: [2, 2], strides: [3, 3], padding: 'valid', dilations: unit }, 15],
  [
    'valid, no output padding',
    { window: [2, 2], strides: [3, 3], padding: 'valid', dilations: unit, outputPadding: [0, 2] },
    14,
  ],
  ['dilated, valid', { window: [3, 3], strides: unit, padding: 'valid', dilations: [2, 2] }, 9],
  ['dilated, same', { window: [3, 2], strides: unit, padding: 'same', dilations: [2, 2] }, 5],
  ['dilated, same, even window', { window: [2, 2], strides: unit, padding: 'same', dilations: [3, 3] }, 5],
];

test.each(cases)('transposedLength(5, geometry, 0): %s', (_name, geometry, expected) => {
  expect(transposedLength(5, geometry, 0)).toBe(expected);
});

test.each(cases)('conv2dTranspose is the transpose of a convolution: %s', async (_name, geometry) => {
  const store = createStore();
  const plane: Block['shape'] = [2, 5, 4, 3];
  const kernel = noise([...geometry.window, 2, 3], 1);
  const weights = tensorOf(kernel);
  const operation = conv2dTranspose({ address: 'a', layerClass: 'A', store }, geometry, () => ({ kernel: weights }));
  const shape: Block['shape'] = [2, transposedLength(5, geometry, 0), transposedLength(4, geometry, 1), 2];
  const [x, cotangent] = [noise(plane, 2), noise(shape, 3)];
  await expectBlock(
    () => operation.forward([tensorOf(x)]) as Tensor4D,
    oracle.convInputGradient(x, kernel, { inputShape: shape, geometry }),
  );
  const io = { inputShapes: [plane], inputs: [], output: undefined as never };
  await expectBlock(
    () => operation.pullback(tensorOf(cotangent), io)[0] as Tensor4D,
    oracle.conv(cotangent, kernel, geometry),
  );
  weights.dispose();
  store.dispose();
});

test.each(cases)('conv2dTranspose, the region of each position: %s', async (_name, geometry) => {
  const store = createStore();
  const kernel = tf.ones([...geometry.window, 1, 1]);
  const operation = conv2dTranspose({ address: 'a', layerClass: 'A', store }, geometry, () => ({ kernel }));
  await expectRegions(operation, [5, 4]);
  kernel.dispose();
  store.dispose();
});

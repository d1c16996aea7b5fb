import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { productMethod, simdProduct } from '../../src/backend/kernels/convolve.ts';
import { simdInUse } from '../../src/backend/kernels/simd/simd.ts';

// Nothing is read of them but this.
const matrix = (...shape: [number, number]): Tensor2D =>
  ({ shape, size: shape[0] * shape[1], dtype: 'float32', isDisposed: false }) as unknown as Tensor2D;

test.each(['forward', 'back'] as const)('dense kernels of more than 64 MB are not kept once more, %s', (direction) => {
  const product = (kernel: Tensor2D): boolean =>
    simdProduct(matrix(1, 4096), kernel, direction, { precision: 'default' }) !== undefined;
  expect(product(matrix(25088, 4096))).toBe(false);
  expect(product(matrix(4096, 4097))).toBe(false);
  expect(product(matrix(4096, 4096))).toBe(simdInUse() !== undefined);
  expect(productMethod(4096 * 4097, 'default')).toBe('tfjs');
  expect(productMethod(4096 ** 2, 'default')).toBe(simdInUse() ? 'products' : 'tfjs');
});

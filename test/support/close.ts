import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';

/** Largest difference over largest expected magnitude (at least `floor`), which must not exceed `tolerance`. */
export async function expectClose(
  found: Tensor | NdArray,
  expected: Tensor | NdArray,
  { name = 'values', tolerance = 2e-5, floor = 1e-2 }: { name?: string; tolerance?: number; floor?: number } = {},
): Promise<void> {
  expect([...found.shape], `shape of ${name}`).toEqual([...expected.shape]);
  const [a, b] = await Promise.all([numbers(found), numbers(expected)]);
  const scale = b.reduce((most, value) => Math.max(most, Math.abs(value)), floor);
  const worst = b.reduce((most, value, i) => {
    const difference = Math.abs((a[i] as number) - value);
    return difference > most || Number.isNaN(difference) ? difference : most;
  }, 0);
  expect(worst / scale, `relative difference of ${name}`).toBeLessThanOrEqual(tolerance);
}

async function numbers(values: Tensor | NdArray): Promise<Float32Array> {
  return 'dataId' in values ? ((await values.data()) as Float32Array) : values.data;
}

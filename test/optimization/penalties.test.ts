import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { totalVariation } from '../../src/optimization/penalties.ts';
import { backend } from '../support/backend.ts';
import { readNpy } from '../support/fixtures.ts';

async function variationOf(
  { shape, data }: NdArray,
  beta: number,
): Promise<{ value: number[]; gradient: Float32Array }> {
  const { value, gradient } = tf.tidy(() => ({ ...totalVariation(tf.tensor(data, [...shape]), beta) }));
  const found = { value: [...(await value.data())], gradient: (await gradient.data()) as Float32Array };
  tf.dispose([value, gradient]);
  return found;
}

test('totalVariation(x, 1) is the sum of differences, with its signs as gradient', async () => {
  const x = await readNpy('goldens/visualization/tv-beta.x.npy');
  const expected = await readNpy('goldens/visualization/tv-anisotropic.gradient.npy');
  const { value, gradient } = await variationOf({ shape: [1, ...x.shape], data: x.data }, 1);
  expect(value[0]).toBeCloseTo(4692.94159668684, backend === 'cpu' || backend === 'wasm' ? 1 : 0);
  expect(gradient).toEqual(expected.data);
});

test('totalVariation(x, beta) of a ramp, example by example', async () => {
  // Rows differ by 3, columns by 1: six differences of each.
  const ramp = Float32Array.from({ length: 18 }, (_, i) => (i < 9 ? i : 2 * (i - 9)));
  const { value } = await variationOf({ shape: [2, 3, 3], data: ramp }, 3);
  expect(value[0]).toBeCloseTo(6 * 27 + 6, 3);
  expect(value[1]).toBeCloseTo(8 * (6 * 27 + 6), 2);
});

test('totalVariation(x, 3).gradient is that of finite differences', async () => {
  const { normal } = random(1);
  const shape = [1, 3, 4, 2];
  const data = Float32Array.from({ length: 24 }, normal);
  const { gradient } = await variationOf({ shape, data }, 3);
  const plain = (x: Float64Array): number => {
    let sum = 0;
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 4; column++) {
        for (let channel = 0; channel < 2; channel++) {
          const at = (r: number, c: number): number => x[(r * 4 + c) * 2 + channel] as number;
          if (row < 2) sum += Math.abs(at(row + 1, column) - at(row, column)) ** 3;
          if (column < 3) sum += Math.abs(at(row, column + 1) - at(row, column)) ** 3;
        }
      }
    }
    return sum;
  };
  gradient.forEach((slope, i) => {
    const moved = (by: number): number => plain(Float64Array.from(data, (value, k) => (k === i ? value + by : value)));
    expect(slope).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 2);
  });
});

test('totalVariation of what is even is zero, and its gradient too', async () => {
  const { value, gradient } = await variationOf({ shape: [1, 4, 4], data: new Float32Array(16).fill(0.7) }, 3);
  expect(value).toEqual([0]);
  expect(Math.max(...gradient.map(Math.abs))).toBe(0);
});

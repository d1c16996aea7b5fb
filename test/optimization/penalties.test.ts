import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { magnitude, squaredDistance, steepness, totalVariation } from '../../src/optimization/penalties.ts';
import { backend } from '../support/backend.ts';
import { readNpy } from '../support/fixtures.ts';
import { goldenCases } from '../support/goldenCases.ts';
import { expectNear } from '../support/near.ts';

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

describe('steepness', () => {
  const plainSteepness = (x: Float64Array, [rows, columns, channels]: readonly number[], beta: number): number => {
    const at = (row: number, column: number, channel: number): number =>
      x[(row * (columns as number) + column) * (channels as number) + channel] as number;
    let sum = 0;
    for (let row = 0; row < (rows as number); row++) {
      for (let column = 0; column < (columns as number); column++) {
        for (let channel = 0; channel < (channels as number); channel++) {
          const here = at(row, column, channel);
          const down = row + 1 < (rows as number) ? at(row + 1, column, channel) - here : 0;
          const right = column + 1 < (columns as number) ? at(row, column + 1, channel) - here : 0;
          sum += (down * down + right * right) ** (beta / 2);
        }
      }
    }
    return sum;
  };
  const read = async ({ shape, data }: NdArray, beta: number) => {
    const { value, gradient } = tf.tidy(() => ({ ...steepness(tf.tensor(data, [...shape]), beta) }));
    const found = { value: await value.data(), gradient: await gradient.data() };
    tf.dispose([value, gradient]);
    return found;
  };

  test('is that of the reference cases', async () => {
    const x = await readNpy('goldens/visualization/tv-beta.x.npy');
    const [golden] = (await goldenCases('visualization')).ofMethod('total-variation');
    const values = golden?.expected['values'] as Record<string, number>;
    for (const beta of [1, 2, 3]) {
      const expected = await readNpy(`goldens/visualization/tv-beta.gradient${beta}.npy`);
      const { value, gradient } = await read({ shape: [1, ...x.shape], data: x.data }, beta);
      const size = values[beta] as number;
      expectNear(value, [size], 1e-5 * size);
      expectNear(gradient, expected.data, 1e-5 * Math.max(...expected.data));
    }
  });

  test('of a ramp, example by example', async () => {
    const ramp = Float32Array.from({ length: 18 }, (_, i) => (i < 9 ? i : 2 * (i - 9)));
    expectNear((await read({ shape: [2, 3, 3], data: ramp }, 2)).value, [60, 240], 1e-3);
    expectNear((await read({ shape: [2, 3, 3], data: ramp }, 1)).value, [20.64911, 41.29822], 1e-4);
  });

  test.each([1, 2, 3, 6])('has the gradient of finite differences for β = %i', async (beta) => {
    const { normal } = random(2);
    const shape = [3, 4, 2];
    const data = Float32Array.from({ length: 24 }, normal);
    const { value, gradient } = await read({ shape: [1, ...shape], data }, beta);
    const plain = Float64Array.from(data);
    expectNear(value, [plainSteepness(plain, shape, beta)], 1e-4 * (value[0] as number));
    const slopes = Array.from(plain, (_, i) => {
      const moved = (by: number): number =>
        plainSteepness(
          plain.map((x, k) => (k === i ? x + by : x)),
          shape,
          beta,
        );
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
    expectNear(gradient, slopes, 1e-4 * Math.max(1, ...slopes));
  });

  test('of what is even is 0, and its gradient too', async () => {
    const { value, gradient } = await read({ shape: [1, 4, 4], data: new Float32Array(16).fill(0.7) }, 1);
    // WebGPU has powers by logarithms, of which that of zero is a huge number.
    expect(value[0]).toBeCloseTo(0, 12);
    expect(Math.max(...gradient.map(Math.abs))).toBeCloseTo(0, 12);
  });
});

test('magnitude(x, 6) and squaredDistance have the gradients of their formulas', async () => {
  const x = Float32Array.of(0.5, -1.5, 0, 2);
  const read = async (make: () => { value: tf.Tensor; gradient: tf.Tensor }) => {
    const { value, gradient } = tf.tidy(make);
    const found = [await value.data(), await gradient.data()] as const;
    tf.dispose([value, gradient]);
    return found;
  };
  const [value, gradient] = await read(() => ({ ...magnitude(tf.tensor(x, [2, 2]), 6) }));
  expectNear(value, [0.5 ** 6 + 1.5 ** 6, 64], 1e-3);
  expectNear(gradient, [6 * 0.5 ** 5, -6 * 1.5 ** 5, 0, 192], 1e-2);
  const [distance, slope] = await read(() => ({
    ...squaredDistance(
      tf.tensor(x, [2, 2]),
      tf.tensor([
        [1, 1],
        [1, 1],
      ]),
      tf.tensor([[1, 0]]),
    ),
  }));
  expectNear(distance, [0.25, 1], 1e-5);
  expectNear(slope, [-1, 0, -2, 0], 1e-5);
});

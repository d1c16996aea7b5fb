import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { blur as blurred } from '../../../src/image/blur.ts';
import { random } from '../../../src/numeric/random.ts';
import * as transforms from '../../../src/visualization/transforms/index.ts';
import type { SeenDraw, Transform } from '../../../src/visualization/transforms/transform.ts';
import { viewOf } from '../../../src/visualization/transforms/view.ts';
import type { Block } from '../../oracle/windows.ts';
import { expectNear, sum } from '../../support/near.ts';
import { noise, tensorOf } from '../../support/windows.ts';

const draw = ([, rows, columns]: Block['shape'], progress = 0): SeenDraw => ({
  random: random(3),
  progress,
  seen: [rows, columns],
});

/** What a transform shows of pictures of the size that is seen, and the gradient that comes back. */
async function bothWays(
  list: readonly Transform[],
  pictures: Block,
  cotangent: Block,
  progress = 0,
): Promise<{ made: Float32Array; gradient: Float32Array }> {
  const [made, gradient] = tf.tidy(() => {
    const view = viewOf(tensorOf(pictures), list, draw(cotangent.shape, progress));
    return [tf.clone(view.pictures), tf.clone(view.pullback(tensorOf(cotangent)))];
  }) as [Tensor4D, Tensor4D];
  const values = [await made.data(), await gradient.data()] as [Float32Array, Float32Array];
  tf.dispose([made, gradient]);
  return { made: values[0], gradient: values[1] };
}

test('noise({ deviation, spread }) has these over the run, and lets gradients pass', async () => {
  const grey: Block = { shape: [1, 60, 60, 3], data: new Float64Array(10800).fill(0.5) };
  const cotangent = noise(grey.shape, 1);
  const list = [transforms.noise({ deviation: [0.2, 0], spread: [0, 0.3] })];
  // σ² at first, s² / 3 in the end; the standard error of a variance of 10800 numbers is 1.4 % of it at most.
  for (const { progress, variance } of [
    { progress: 0, variance: 0.04 },
    { progress: 0.5, variance: 0.01 + 0.0225 / 3 },
    { progress: 1, variance: 0.03 },
  ]) {
    const { made, gradient } = await bothWays(list, grey, cotangent, progress);
    const mean = sum(made) / made.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(sum(made.map((value) => (value - mean) ** 2)) / made.length / variance - 1)).toBeLessThan(0.06);
    expectNear(gradient, cotangent.data, 1e-6);
  }
  const { made } = await bothWays(list, grey, cotangent, 1);
  expect(made.every((value) => Math.abs(value - 0.5) <= 0.3)).toBe(true);
});

test('blur(sigma) is that of pictures, and its gradient the same, since the matrix is symmetric', async () => {
  const [pictures, cotangent] = [noise([2, 9, 12, 3], 1), noise([2, 9, 12, 3], 2)];
  const { made, gradient } = await bothWays([transforms.blur(1.3)], pictures, cotangent);
  expectNear(made, blurred({ shape: [...pictures.shape], data: Float32Array.from(pictures.data) }, 1.3).data, 1e-5);
  expectNear(
    gradient,
    blurred({ shape: [...cotangent.shape], data: Float32Array.from(cotangent.data) }, 1.3).data,
    1e-5,
  );
  const still = await bothWays([transforms.blur(0)], pictures, cotangent);
  expectNear(still.made, pictures.data, 1e-6);
});

test('normalizeGradient() gives each picture a gradient of length 1, or none', async () => {
  const shape = [3, 4, 5, 3] as const;
  const cotangent = noise(shape, 1);
  const scales = [1e6, 1e-12, 0];
  const data = cotangent.data.map((value, i) => value * (scales[Math.floor(i / 60)] as number));
  const { made, gradient } = await bothWays([transforms.normalizeGradient()], noise(shape, 2), { shape, data });
  expectNear(made, noise(shape, 2).data, 0);
  for (let n = 0; n < 2; n++) {
    const own = cotangent.data.subarray(60 * n, 60 * n + 60);
    const length = Math.hypot(...own);
    expectNear(
      gradient.subarray(60 * n, 60 * n + 60),
      own.map((value) => value / length),
      1e-5,
    );
  }
  expect(gradient.subarray(120).every((value) => value === 0)).toBe(true);
});

test('a closure is differentiated with the draws that it had', async () => {
  const [pictures, cotangent] = [noise([2, 5, 6, 3], 1), noise([2, 3, 4, 3], 2)];
  const drawn: number[] = [];
  const closure = (x: Tensor4D, { random: { uniform, integer, normal } }: SeenDraw): Tensor4D => {
    const [factor, row] = [uniform() + normal(), integer(2)];
    drawn.push(factor, row);
    return tf.mul(tf.square(tf.slice(x, [0, row, 1, 0], [2, 3, 4, 3])), factor);
  };
  const { made, gradient } = await bothWays([closure as Transform], pictures, cotangent);
  const [factor, row, again, same] = drawn as [number, number, number, number];
  expect([again, same]).toEqual([factor, row]);
  const [values, slopes] = [new Float64Array(72), new Float64Array(180)];
  for (let i = 0; i < 72; i++) {
    const [n, r, s, c] = [Math.floor(i / 36), Math.floor(i / 12) % 3, Math.floor(i / 3) % 4, i % 3];
    const p = ((n * 5 + r + row) * 6 + s + 1) * 3 + c;
    const x = pictures.data[p] as number;
    values[i] = factor * x * x;
    slopes[p] = 2 * factor * x * (cotangent.data[i] as number);
  }
  expectNear(made, values, 1e-5);
  expectNear(gradient, slopes, 1e-5);
});

test('a closure that leaves its pictures out has a gradient of zero', async () => {
  const pictures = noise([1, 3, 3, 1], 1);
  const { gradient } = await bothWays([() => tf.ones([1, 3, 3, 1])], pictures, pictures);
  expect(gradient.every((value) => value === 0)).toBe(true);
});

test('randomCrop(options): centre, side and its course over the run', () => {
  const { place } = transforms.randomCrop({ center: 0.5, deviation: 0, side: [0.5, 0.1], sideDeviation: 0 });
  const crop = (progress: number) => place([64, 128], { random: random(0), progress, seen: [16, 32] });
  // Half of the picture, [32, 64], about its centre: pixels of two by two from row 15.5 and column 31.5 on.
  expect(crop(0)).toEqual({ affine: [2, 0, 16.5, 0, 2, 32.5], size: [16, 32], frame: [16, 32] });
  expect(crop(1).affine[0]).toBeCloseTo(0.4, 10);
  // The largest part of another aspect, and a size of its own.
  const square = transforms.randomCrop({ deviation: 0, side: 1, sideDeviation: 0, size: 32 });
  expect(square.place([64, 128], { random: random(0), progress: 0, seen: [9, 9] })).toEqual({
    affine: [2, 0, 0.5, 0, 2, 32.5],
    size: [32, 32],
    frame: [32, 32],
  });
});

test('randomCrop(): centres and sides are distributed as MaCo has them', () => {
  const { place } = transforms.randomCrop();
  const at = { random: random(1), progress: 0.5, seen: [10, 10] as const };
  const drawn = Array.from({ length: 4000 }, () => place([100, 100], at).affine);
  const sides = drawn.map(([step]) => step / 10);
  const rows = drawn.map(([step, , top]) => (top + 0.5 + 4.5 * step) / 100);
  const columns = drawn.map(([step, , , , , left]) => (left + 0.5 + 4.5 * step) / 100);
  for (const { values, mean, deviation } of [
    { values: sides, mean: 0.275, deviation: 0.05 },
    { values: rows, mean: 0.5, deviation: 0.15 },
    { values: columns, mean: 0.5, deviation: 0.15 },
  ]) {
    const found = sum(values) / values.length;
    expect(Math.abs(found - mean)).toBeLessThan((4 * deviation) / Math.sqrt(4000));
    const spread = Math.sqrt(sum(values.map((value) => (value - found) ** 2)) / values.length);
    expect(Math.abs(spread / deviation - 1)).toBeLessThan(0.05);
  }
  const last = Array.from({ length: 500 }, () => place([100, 100], { ...at, progress: 1 }).affine[0] / 10);
  expect(Math.min(...last)).toBe(0.05);
});

import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  resizeBilinear,
  resizeBilinearGradient,
  resizeNearestGradient,
} from '../../src/backend/kernels/resizeBilinear.ts';

interface Centres {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}
type Weights = (from: number, to: number, centres: Centres) => number[][];
type Plane = readonly [number, number];

const centres: Record<string, Centres> = {
  plain: { alignCorners: false, halfPixelCenters: false },
  alignCorners: { alignCorners: true, halfPixelCenters: false },
  halfPixelCenters: { alignCorners: false, halfPixelCenters: true },
};

// Sizes whose ratios no rounding moves across a pixel border, one axis of one pixel, up and down.
const sizes: [Plane, Plane][] = [
  [
    [4, 5],
    [8, 10],
  ],
  [
    [4, 3],
    [9, 5],
  ],
  [
    [8, 6],
    [3, 6],
  ],
  [
    [7, 7],
    [1, 2],
  ],
  [
    [1, 5],
    [4, 2],
  ],
  [
    [3, 4],
    [12, 8],
  ],
];

const cases = Object.entries(centres).flatMap(([name, options]) =>
  sizes.map(([from, to]) => ({ name: `[${from}] to [${to}], ${name}`, from, to, options })),
);

test.each(cases)('resizeBilinear(x, size, options): $name', async ({ from, to, options }) => {
  const x = tf.randomNormal([2, ...from, 3]) as Tensor4D;
  const resized = resizeBilinear(x, to, options);
  await expectClose(
    resized,
    resample(await plane(x), to, (a, b) => bilinear(a, b, options)),
  );
  tf.dispose([x, resized]);
});

test.each(cases)('resizeBilinearGradient(cotangent, shape, options): $name', async ({ from, to, options }) => {
  const cotangent = tf.randomNormal([2, ...to, 3]) as Tensor4D;
  const gradient = resizeBilinearGradient(cotangent, [2, ...from, 3], options);
  await expectClose(
    gradient,
    resample(await plane(cotangent), from, (a, b) => transpose(bilinear(b, a, options))),
  );
  tf.dispose([cotangent, gradient]);
});

test.each(cases)('resizeNearestGradient(cotangent, shape, options): $name', async ({ from, to, options }) => {
  const cotangent = tf.randomNormal([2, ...to, 3]) as Tensor4D;
  const gradient = resizeNearestGradient(cotangent, [2, ...from, 3], options);
  await expectClose(
    gradient,
    resample(await plane(cotangent), from, (a, b) => transpose(nearest(b, a, options))),
  );
  tf.dispose([cotangent, gradient]);
});

interface Values {
  shape: readonly number[];
  data: ArrayLike<number>;
}

async function plane(x: Tensor): Promise<Values> {
  return { shape: x.shape, data: await x.data() };
}

async function expectClose(actual: Tensor, expected: Values): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  const values = await actual.data();
  const difference = Math.max(...Array.from(expected.data, (value, i) => Math.abs(value - (values[i] as number))));
  expect(difference).toBeLessThan(1e-5);
}

/** Y = R X Cᵀ on every plane, in plain loops. */
function resample({ shape, data }: Values, to: Plane, matrixOf: (from: number, to: number) => number[][]): Values {
  const [batch, rows, columns, channels] = shape as [number, number, number, number];
  const R = matrixOf(rows, to[0]);
  const C = matrixOf(columns, to[1]);
  const out: number[] = [];
  for (let b = 0; b < batch; b++)
    for (const r of R)
      for (const c of C)
        for (let k = 0; k < channels; k++) {
          let sum = 0;
          r.forEach((u, i) =>
            c.forEach((v, j) => (sum += u * v * (data[((b * rows + i) * columns + j) * channels + k] as number))),
          );
          out.push(sum);
        }
  return { shape: [batch, ...to, channels], data: out };
}

function source(from: number, to: number, { alignCorners, halfPixelCenters }: Centres): (index: number) => number {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return (index) => (halfPixelCenters ? ratio * (index + 0.5) - 0.5 : ratio * index);
}

const bilinear: Weights = (from, to, options) =>
  Array.from({ length: to }, (_, index) => {
    const at = Math.min(Math.max(source(from, to, options)(index), 0), from - 1);
    return Array.from({ length: from }, (_, i) => Math.max(0, 1 - Math.abs(at - i)));
  });

const nearest: Weights = (from, to, options) =>
  Array.from({ length: to }, (_, index) => {
    const at = source(from, to, options)(index);
    const centre = options.halfPixelCenters ? at + 0.5 : at;
    const chosen = Math.min(from - 1, options.alignCorners ? Math.round(centre) : Math.floor(centre));
    return Array.from({ length: from }, (_, i) => (i === chosen ? 1 : 0));
  });

function transpose(matrix: number[][]): number[][] {
  return (matrix[0] as number[]).map((_, i) => matrix.map((row) => row[i] as number));
}

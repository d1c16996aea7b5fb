import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { random } from '../../../src/numeric/random.ts';
import { parameterizations } from '../../../src/visualization/index.ts';
import { beside } from '../../../src/visualization/inversion/beside.ts';
import type { Parameterization } from '../../../src/visualization/parameterizations/parameterization.ts';
import { rendered } from '../../../src/visualization/parameterizations/rendered.ts';
import { expectNear } from '../../support/near.ts';

const shape = { count: 2, size: [4, 5], channels: 3 } as const;
const { uniform, normal } = random(3);
const original = { shape: [1, 4, 5, 3], data: Float32Array.from({ length: 60 }, uniform) };
const cotangent = Float32Array.from({ length: 120 }, normal);
const fourier = parameterizations.fourier({ deviation: 0.3 });
const { pullback: _, ...taped } = fourier;

/** The pictures that a parameterization makes, and the gradient of the parameters from that of the pictures. */
async function made(parameterization: Parameterization, count: number, slopes: Float32Array) {
  const own = { ...shape, count };
  const { pictures, gradient } = tf.tidy(() => {
    const parameters = parameterization.start(own, random(1)).map(({ shape, data }) => tf.tensor(data, [...shape]));
    const tables = parameterization.tables?.(own) ?? [];
    const { pictures, pullback } = rendered(parameterization, parameters, { shape: own, tables });
    const [gradient] = pullback(tf.tensor(slopes, [count, 4, 5, 3]) as Tensor4D);
    return { pictures: tf.clone(pictures), gradient: tf.clone(gradient as Tensor4D) };
  });
  const found = [await pictures.data(), await gradient.data()] as const;
  tf.dispose([pictures, gradient]);
  return found;
}

test.each([
  ['its own', fourier],
  ["the tape's", taped],
])('beside shows the original, and the picture with %s gradient', async (_, parameterization) => {
  const [pictures, gradient] = await made(beside(original, parameterization), 2, cotangent);
  const [single, alone] = await made(fourier, 1, cotangent.slice(60));
  expectNear(pictures.subarray(0, 60), original.data, 1e-6);
  expectNear(pictures.subarray(60), single, 1e-5);
  expectNear(gradient, alone, 1e-4);
});

test('beside begins with the first of given pictures', () => {
  const both = {
    shape: [2, 4, 5, 3],
    data: Float32Array.from([...original.data, ...original.data.map((value) => 1 - value)]),
  };
  const [found] = beside(original, parameterizations.pixels()).from?.(both, shape) ?? [];
  const [expected] = parameterizations.pixels().from?.(original, { ...shape, count: 1 }) ?? [];
  expect(found).toEqual(expected);
});

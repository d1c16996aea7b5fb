import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { alpha } from '../../../src/visualization/parameterizations/alpha.ts';
import { cppn } from '../../../src/visualization/parameterizations/cppn/cppn.ts';
import { fourier } from '../../../src/visualization/parameterizations/fourier/fourier.ts';
import { grouped } from '../../../src/visualization/parameterizations/grouped.ts';
import { lowResolution } from '../../../src/visualization/parameterizations/lowResolution/lowResolution.ts';
import { pyramid } from '../../../src/visualization/parameterizations/lowResolution/pyramid.ts';
import { maco } from '../../../src/visualization/parameterizations/maco/maco.ts';
import type { Parameterization, PictureShape } from '../../../src/visualization/parameterizations/parameterization.ts';
import { pixels } from '../../../src/visualization/parameterizations/pixels.ts';
import type { RawPictures } from '../../../src/visualization/parameterizations/rawPictures.ts';
import { inner, noiseOf, plus, rawOf, readAll, renderingOf, tensorOf } from '../../support/rendering.ts';

const weights = { shape: [2, 3], data: Float32Array.of(1, 0, 0.5, 0, 0.7, 0.2) };
const shared = [{ ratio: 2, pictures: 1 }, { ratio: 3, pictures: 3 }, { ratio: 4 }] as const;

const all: readonly (readonly [string, Parameterization])[] = [
  ['pixels', pixels({ deviation: 0.3 })],
  ['pixels without colors', pixels({ deviation: 0.3, decorrelate: false })],
  ['clipped pixels', pixels({ deviation: 0.05, limit: 'clip' })],
  ['fourier', fourier({ deviation: 0.1 })],
  ['fourier, clipped', fourier({ deviation: 0.02, limit: 'clip', decorrelate: false })],
  ['fourier with shared parts', fourier({ deviation: 0.1, shared })],
  ['pyramid', pyramid({ deviation: 0.2, levels: 3 })],
  ['low resolution', lowResolution({ ratio: 2.5, deviation: 0.5 })],
  ['grouped', grouped(fourier({ deviation: 0.1 }), weights)],
  ['cppn', cppn({ layers: 3, width: 7 })],
  ['alpha', alpha(fourier({ deviation: 0.1 }))],
  ['alpha of a pyramid', alpha(pyramid({ deviation: 0.2, levels: 2 }))],
  ['maco', maco()],
];
const shapes: readonly PictureShape[] = [
  { count: 2, size: [8, 6], channels: 3 },
  { count: 2, size: [7, 9], channels: 1 },
  { count: 2, size: [5, 8], channels: 5 },
];
const cases = all.flatMap(([name, parameterization]) =>
  shapes.map((shape) => [`${name}, ${shape.size.join(' × ')} × ${shape.channels}`, parameterization, shape] as const),
);

/** Parameters away from the start, where a CPPN has zeros. */
function parametersOf(parameterization: Parameterization, shape: PictureShape): NdArray[] {
  const start = parameterization.start(shape, random(5));
  const noise = start.map((array, i) => noiseOf(array.shape, i, 0.02));
  return plus(start, noise, 1);
}

test.each(cases)('the gradient of %s is the difference of pictures', async (_, parameterization, shape) => {
  const parameters = parametersOf(parameterization, shape);
  const { pictures } = await renderingOf(parameterization, shape, parameters);
  expect(Math.min(...pictures.data)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...pictures.data)).toBeLessThanOrEqual(1);
  const cotangent = noiseOf(pictures.shape, 9);
  const { gradients } = await renderingOf(parameterization, shape, parameters, cotangent);
  const direction = parameters.map((array, i) => noiseOf(array.shape, 100 + i));
  const step = 2e-3;
  const [above, below] = await Promise.all(
    [step, -step].map((size) => renderingOf(parameterization, shape, plus(parameters, direction, size))),
  );
  const difference = plus([(above as typeof below)?.pictures as NdArray], [below?.pictures as NdArray], -1);
  const slope = inner(difference, [cotangent]) / (2 * step);
  // Against the length of the gradient, for along one direction it may be nearly zero.
  const length = Math.sqrt(inner(gradients, gradients));
  expect(length).toBeGreaterThan(0);
  expect(Math.abs(slope - inner(gradients, direction)) / length).toBeLessThan(1e-2);
});

test.each(cases)('the pullback of %s is what the tape finds', async (name, parameterization, shape) => {
  // What is clipped has another gradient, see below; here nothing is at an edge.
  const parameters = parametersOf(parameterization, shape);
  const { pictures } = await renderingOf(parameterization, shape, parameters);
  expect(pictures.data.some((value) => value === 0 || value === 1)).toBe(false);
  const cotangent = noiseOf(pictures.shape, 9);
  const { pullback, ...withoutPullback } = parameterization;
  const [own, taped] = await Promise.all(
    [parameterization, withoutPullback].map((one) => renderingOf(one, shape, parameters, cotangent)),
  );
  expect(pullback, name).toBeDefined();
  const length = Math.sqrt(inner(taped?.gradients as NdArray[], taped?.gradients as NdArray[]));
  const apart = plus(own?.gradients as NdArray[], taped?.gradients as NdArray[], -1);
  expect(Math.sqrt(inner(apart, apart)) / length).toBeLessThan(2e-5);
});

const linear: readonly (readonly [string, RawPictures])[] = [
  ['fourier', rawOf(fourier({ deviation: 1 }))],
  ['fourier with shared parts', rawOf(fourier({ deviation: 1, shared }))],
  ['pyramid', rawOf(pyramid({ deviation: 1 }))],
  ['grouped', rawOf(grouped(pyramid({ deviation: 1 }), weights))],
];
const sizes = [
  ...shapes,
  ...[
    [1, 1],
    [2, 3],
    [1, 6],
    [4, 1],
    [2, 2],
  ].map((size) => ({ count: 2, size, channels: 3 })),
];
const linearCases = linear.flatMap(([name, raw]) =>
  (sizes as PictureShape[]).map((shape) => [`${name}, ${shape.size.join(' × ')}`, raw, shape] as const),
);

test.each(linearCases)('⟨A x, y⟩ = ⟨x, Aᵀ y⟩ of raw pictures of %s', async (_, raw, shape) => {
  const x = raw.start(shape, random(1));
  const y = noiseOf([shape.count, ...shape.size, shape.channels], 2);
  const [forward, ...back] = await readAll(() => {
    const io = { shape, tables: raw.tables(shape), parameters: x.map(tensorOf) };
    expect(io.tables.length).toBe(raw.sizes.tables);
    return [raw.render(io.parameters, io), ...raw.pullback(tensorOf(y) as Tensor4D, io)];
  });
  expect(x.length).toBe(raw.sizes.parameters);
  expect(back.map((array) => array.shape)).toEqual(x.map((array) => array.shape));
  const scale = Math.sqrt(inner([forward as NdArray], [forward as NdArray]) * inner([y], [y]));
  expect(Math.abs(inner([forward as NdArray], [y]) - inner(x, back)) / scale).toBeLessThan(1e-5);
});

test('clip: the gradient is zero only at an edge, and where a step down it leads outward', async () => {
  const shape: PictureShape = { count: 1, size: [1, 6], channels: 1 };
  const parameters = [{ shape: [1, 1, 6, 1], data: Float32Array.of(0.9, 0.9, -0.8, -0.8, 0.1, -0.1) }];
  const cotangent = { shape: [1, 1, 6, 1], data: Float32Array.of(1, -1, 1, -1, 1, -1) };
  const { pictures, gradients } = await renderingOf(pixels({ limit: 'clip' }), shape, parameters, cotangent);
  expect([...pictures.data].map((value) => Math.round(10 * value) / 10)).toEqual([1, 1, 0, 0, 0.6, 0.4]);
  expect([...(gradients[0] as NdArray).data].map((value) => value + 0)).toEqual([1, 0, 0, -1, 1, -1]);
});

test('a parameterization without pullback is differentiated by the tape, one parameter left out too', async () => {
  const shape: PictureShape = { count: 1, size: [2, 2], channels: 1 };
  const own: Parameterization = {
    name: 'own',
    start: () => [],
    render: ([x]) => tf.sigmoid(tf.mul(x as Tensor4D, 2)) as Tensor4D,
  };
  const parameters = [noiseOf([1, 2, 2, 1], 3), noiseOf([4], 4)];
  const cotangent = noiseOf([1, 2, 2, 1], 5);
  const { gradients, pictures } = await renderingOf(own, shape, parameters, cotangent);
  const expected = pictures.data.map((y, i) => 2 * y * (1 - y) * (cotangent.data[i] as number));
  expected.forEach((value, i) => expect(gradients[0]?.data[i]).toBeCloseTo(value, 5));
  expect([...(gradients[1] as NdArray).data].map(Math.abs)).toEqual([0, 0, 0, 0]);
});

test('wrong shapes of own parameterizations are refused by name', async () => {
  const shape: PictureShape = { count: 1, size: [2, 2], channels: 1 };
  const own: Parameterization = { name: 'own', start: () => [], render: ([x]) => tf.tile(x as Tensor4D, [2, 1, 1, 1]) };
  const parameters = [noiseOf([1, 2, 2, 1], 3)];
  await expect(renderingOf(own, shape, parameters)).rejects.toThrow(
    '"parameterization" expected "own" to render [1, 2, 2, 1], got [2, 2, 2, 1]',
  );
  const none: Parameterization = { ...own, render: ([x]) => tf.clone(x as Tensor4D), pullback: () => [] };
  await expect(renderingOf(none, shape, parameters, noiseOf([1, 2, 2, 1], 3))).rejects.toThrow(
    '"parameterization" expected a pullback with the gradient of each of 1 parameters',
  );
});

import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { withTensors } from '../../../src/backend/withTensors.ts';
import { planeSpectrum } from '../../../src/numeric/linear/fourierTransform.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { adam } from '../../../src/optimization/adam.ts';
import { minimize } from '../../../src/optimization/minimize.ts';
import { nadam } from '../../../src/optimization/nadam.ts';
import type { Optimizer } from '../../../src/optimization/optimizer.ts';
import { cppn } from '../../../src/visualization/parameterizations/cppn/cppn.ts';
import { fourier } from '../../../src/visualization/parameterizations/fourier/fourier.ts';
import { pyramid } from '../../../src/visualization/parameterizations/lowResolution/pyramid.ts';
import { maco } from '../../../src/visualization/parameterizations/maco/maco.ts';
import { magnitudesFor } from '../../../src/visualization/parameterizations/maco/spectrum.ts';
import type { Parameterization, PictureShape } from '../../../src/visualization/parameterizations/parameterization.ts';
import { pixels } from '../../../src/visualization/parameterizations/pixels.ts';
import { rendered } from '../../../src/visualization/parameterizations/rendered.ts';
import { inner, plus, rawOf, readAll, renderingOf, tensorOf } from '../../support/rendering.ts';

interface Fit {
  readonly shape: PictureShape;
  readonly target: NdArray;
  readonly steps: number;
  readonly optimizer: Optimizer;
  readonly seed?: number;
}

/** Goes down the mean squared distance to a target, and tells the mean absolute one at the end. */
async function fitted(parameterization: Parameterization, { shape, target, steps, optimizer, seed = 0 }: Fit) {
  const { parameters } = await withTensors(
    () => [tensorOf(target), ...(parameterization.tables?.(shape) ?? [])],
    ([wanted, ...tables]) =>
      minimize(
        {
          start: parameterization.start(shape, random(seed)),
          iterations: steps,
          optimizer,
          objective(values) {
            const { pictures, pullback } = rendered(parameterization, values, { shape, tables });
            const apart = tf.sub(pictures, wanted as Tensor4D);
            return { gradients: pullback(apart as Tensor4D), read: { loss: tf.mean(tf.square(apart)) } };
          },
        },
        () => undefined,
      ),
  );
  const { pictures } = await renderingOf(parameterization, shape, parameters);
  const distance = pictures.data.reduce((sum, value, i) => sum + Math.abs(value - (target.data[i] as number)), 0);
  return { parameters, pictures, distance: distance / pictures.data.length };
}

/** A picture with edges and slopes, of .1 to .9. */
function targetOf({ count, size, channels }: PictureShape): NdArray {
  const shape = [count, ...size, channels];
  const data = Float32Array.from({ length: count * size[0] * size[1] * channels }, (_, i) => {
    const [channel, column, row] = [
      i % channels,
      Math.floor(i / channels) % size[1],
      Math.floor(i / channels / size[1]),
    ];
    const isInside = row % size[0] > 3 && column > 4 && column < 9;
    return 0.5 + 0.25 * Math.sin(0.5 * row + channel) + (isInside ? 0.15 : -0.1);
  });
  return { shape, data };
}

// lucid's own test of its parameterizations.
test.each([
  ['pixels', pixels()],
  ['fourier', fourier()],
  ['pyramid', pyramid()],
] as const)('%s reach a picture within 1000 steps of Adam', async (_, parameterization) => {
  const shape: PictureShape = { count: 1, size: [13, 12], channels: 3 };
  const fit = { shape, target: targetOf(shape), steps: 400, optimizer: adam({ learningRate: 0.05 }) };
  expect((await fitted(parameterization, fit)).distance).toBeLessThan(0.01);
});

test('a CPPN reaches exclusive or at the corners, and keeps it at every size', async () => {
  const shape: PictureShape = { count: 1, size: [2, 2], channels: 1 };
  const target = { shape: [1, 2, 2, 1], data: Float32Array.of(1, 0, 0, 1) };
  const parameterization = cppn({ layers: 3, width: 8 });
  const fit = { shape, target, steps: 200, optimizer: adam({ learningRate: 0.02 }) };
  const { pictures, parameters } = await fitted(parameterization, fit);
  expect(Math.min(pictures.data[0] as number, pictures.data[3] as number)).toBeGreaterThan(0.99);
  expect(Math.max(pictures.data[1] as number, pictures.data[2] as number)).toBeLessThan(0.01);
  const large = await renderingOf(parameterization, { ...shape, size: [5, 9] }, parameters);
  [0, 8, 36, 44].forEach((pixel, i) => expect(large.pictures.data[pixel]).toBeCloseTo(pictures.data[i] as number, 5));
});

test('maco keeps the magnitude of every frequency, also after 50 steps', async () => {
  for (const size of [
    [8, 10],
    [9, 7],
  ] as const) {
    const shape: PictureShape = { count: 2, size, channels: 3 };
    const parameterization = maco();
    const fit = { shape, target: targetOf(shape), steps: 50, optimizer: nadam({ learningRate: 1 }) };
    const { parameters, distance } = await fitted(parameterization, fit);
    expect(distance).toBeLessThan((await fitted(parameterization, { ...fit, steps: 0 })).distance);
    const [raw] = (await readAll(() => {
      const raw = rawOf(parameterization);
      return [raw.render(parameters.map(tensorOf), { shape, tables: raw.tables(shape) })];
    })) as [NdArray];
    expectMagnitudes(raw, shape);
  }
});

/** After standardizing all magnitudes of a picture are divided by one number, and the mean is gone. */
function expectMagnitudes({ data }: NdArray, shape: PictureShape): void {
  const { count, size, channels } = shape;
  const wanted = magnitudesFor({ ...shape, count: 1, channels: 1 }, undefined);
  const columns = Math.floor(size[1] / 2) + 1;
  const each = data.length / count;
  const ratios = Array.from({ length: count * channels }, (_, plane) => {
    const [picture, channel] = [Math.floor(plane / channels), plane % channels];
    const values = data.subarray(picture * each, (picture + 1) * each).filter((_, i) => i % channels === channel);
    const { real, imaginary } = planeSpectrum(values, size);
    const rows = Array.from({ length: size[0] }, (_, row) => (row <= size[0] / 2 ? row : row - size[0]));
    const order = [...rows.filter((u) => u >= 0), ...rows.filter((u) => u < 0).reverse()];
    return order
      .flatMap((u, row) =>
        Array.from({ length: columns }, (_, k) => {
          const at = ((u + size[0]) % size[0]) * columns + k;
          return Math.hypot(real[at] as number, imaginary[at] as number) / (wanted[row * columns + k] as number);
        }),
      )
      .slice(1);
  });
  const perPicture = Array.from({ length: count }, (_, i) => ratios.slice(i * channels, (i + 1) * channels).flat());
  for (const own of perPicture)
    own.forEach((ratio) => expect(Math.abs(ratio / (own[0] as number) - 1)).toBeLessThan(1e-4));
}

const resting: readonly (readonly [string, Parameterization])[] = [
  ['pixels', pixels()],
  ['clipped pixels', pixels({ limit: 'clip' })],
  ['fourier', fourier()],
  ['fourier with shared parts', fourier({ shared: [{ ratio: 2, pictures: 1 }], decorrelate: false })],
  ['pyramid', pyramid()],
];

test.each(resting)('from: %s of given pictures are these pictures', async (_, parameterization) => {
  for (const [size, channels] of [
    [[6, 8], 3],
    [[7, 5], 1],
    [[5, 8], 5],
  ] as const) {
    const shape: PictureShape = { count: 2, size, channels };
    const { uniform } = random(4);
    const data = Float32Array.from({ length: 2 * size[0] * size[1] * channels }, uniform);
    // Also what has no finite logit.
    data.set([0, 1, 0.5]);
    const parameters = parameterization.from?.({ shape: [2, ...size, channels], data }, shape) as NdArray[];
    const shapes = parameterization.start(shape, random(0)).map((array) => array.shape);
    expect(parameters.map((array) => array.shape)).toEqual(shapes);
    const { pictures } = await renderingOf(parameterization, shape, parameters);
    pictures.data.forEach((value, i) => expect(Math.abs(value - (data[i] as number))).toBeLessThan(1e-3));
  }
});

test('one seed makes the same bits, another others, and the first picture of many is that of one', async () => {
  const all = [...resting.map(([, parameterization]) => parameterization), cppn({ layers: 2 }), maco()];
  for (const parameterization of all) {
    const shape: PictureShape = { count: 2, size: [6, 5], channels: 3 };
    const starts = [3, 3, 4].map((seed) => parameterization.start(shape, random(seed))) as NdArray[][];
    expect(starts[0]).toEqual(starts[1]);
    const apart = plus(starts[0] as NdArray[], starts[2] as NdArray[], -1);
    expect(inner(apart, apart)).toBeGreaterThan(0);
  }
  for (const parameterization of [pixels(), fourier(), maco(), cppn({ layers: 2 })]) {
    const [one, two] = await Promise.all(
      [1, 2].map((count) => {
        const shape: PictureShape = { count, size: [6, 5], channels: 3 };
        return renderingOf(parameterization, shape, parameterization.start(shape, random(8)));
      }),
    );
    const first = one?.pictures.data as Float32Array;
    first.forEach((value, i) => expect(two?.pictures.data[i]).toBeCloseTo(value, 6));
  }
});

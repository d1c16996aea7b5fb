import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { alpha, faded } from '../../../src/visualization/parameterizations/alpha.ts';
import * as parameterizations from '../../../src/visualization/parameterizations/index.ts';
import type { PictureShape } from '../../../src/visualization/parameterizations/parameterization.ts';
import { inner, noiseOf, plus, rawOf, readAll, renderingOf, tensorOf } from '../../support/rendering.ts';

const { cppn, fourier, grouped, lowResolution, maco, pixels, pyramid } = parameterizations;

// Of lucid's formula in numpy: the deviation of a pixel before the colors.
test.each([
  [1, 0.0167],
  [0.85, 0.0125],
  [1.5, 0.083],
])('fourier with a decay of %f: 64-px pictures start with a deviation of %f', async (decay, expected) => {
  const shape: PictureShape = { count: 1, size: [64, 64], channels: 8 };
  const raw = rawOf(fourier({ decay }));
  const [{ data }] = (await readAll(() => {
    const io = { shape, tables: raw.tables(shape) };
    return [raw.render(raw.start(shape, random(2)).map(tensorOf), io)];
  })) as [NdArray];
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
  expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.15);
});

test('a CPPN has the parameters of the paper, starts grey, and its arctangent is one', async () => {
  const shape: PictureShape = { count: 1, size: [4, 6], channels: 3 };
  const start = cppn().start(shape, random(0));
  expect(start.reduce((sum, { data }) => sum + data.length, 0)).toBe(8451);
  const { pictures } = await renderingOf(cppn(), shape, start);
  expect([...pictures.data]).toEqual(Array(72).fill(0.5));
  // z = 40 x − y + 0.1 and atan z / .67 alone.
  const own = [
    { shape: [1, 2, 1], data: Float32Array.of(40, -1) },
    { shape: [1, 1], data: Float32Array.of(0.1) },
    { shape: [1, 2, 3], data: Float32Array.of(1, 0, 1, 0, 1, 1) },
    { shape: [1, 3], data: Float32Array.of(0, 0, -0.5) },
  ];
  const { pictures: drawn } = await renderingOf(cppn({ layers: 1, width: 1 }), shape, own);
  for (let pixel = 0; pixel < 24; pixel++) {
    const [x, y] = [(pixel % 6) / 5, Math.floor(pixel / 6) / 3].map((place) => Math.sqrt(3) * (2 * place - 1));
    const angle = Math.atan(40 * (x as number) - (y as number) + 0.1);
    const raw = [angle / 0.67, angle ** 2 / 0.6, angle / 0.67 + angle ** 2 / 0.6 - 0.5];
    raw.forEach((value, c) => expect(drawn.data[3 * pixel + c]).toBeCloseTo(1 / (1 + Math.exp(-value)), 6));
  }
});

test('pictures that are shared are the same for all, or change evenly from the first to the last', async () => {
  const shape: PictureShape = { count: 4, size: [6, 6], channels: 1 };
  const one = lowResolution({ ratio: 3, pictures: 1, deviation: 1 });
  const same = (await renderingOf(one, shape, one.start(shape, random(1)))).pictures.data;
  for (let i = 0; i < 36; i++) expect(same[36 + i]).toBeCloseTo(same[i] as number, 6);
  const parameters = [{ shape: [2, 1, 1, 1], data: Float32Array.of(-1, 1) }];
  const between = lowResolution({ ratio: 6, pictures: 2, deviation: 1 });
  const { data } = (await renderingOf(between, shape, parameters)).pictures;
  const logits = [0, 36, 72, 108].map((at) => Math.log((data[at] as number) / (1 - (data[at] as number))));
  [-1, -0.5, 0.5, 1].forEach((value, i) => expect(logits[i]).toBeCloseTo(value, 4));
});

test('a pyramid is the sum of its levels, interpolated between the centres of pixels', async () => {
  const shape: PictureShape = { count: 1, size: [1, 4], channels: 1 };
  const parameters = [
    { shape: [1, 1, 4, 1], data: Float32Array.of(1, 0, 0, 0) },
    { shape: [1, 1, 2, 1], data: Float32Array.of(0, 4) },
  ];
  const raw = rawOf(pyramid({ levels: 2 }));
  const [found] = await readAll(() => [raw.render(parameters.map(tensorOf), { shape, tables: raw.tables(shape) })]);
  [1, 1, 3, 4].forEach((value, i) => expect(found?.data[i]).toBeCloseTo(value, 5));
});

test('grouped: own pictures and those of groups by their weights', async () => {
  const weights = { shape: [2, 3], data: Float32Array.of(1, 0, 2, 0, 0.5, 0) };
  const shape: PictureShape = { count: 2, size: [1, 1], channels: 1 };
  const raw = rawOf(grouped(pixels({ decorrelate: false }), weights, { unique: 2 }));
  const parameters = [noiseOf([2, 1, 1, 1], 1), noiseOf([3, 1, 1, 1], 2)];
  const [found] = await readAll(() => [raw.render(parameters.map(tensorOf), { shape, tables: raw.tables(shape) })]);
  const [[u, v], [a, b, c]] = parameters.map(({ data }) => [...data]) as [[number, number], [number, number, number]];
  expect(found?.data[0]).toBeCloseTo(2 * u + 0.5 * (a + 2 * c), 6);
  expect(found?.data[1]).toBeCloseTo(2 * v + 0.25 * b, 6);
  expect(() => raw.start({ ...shape, count: 3 }, random(0))).toThrow('"weights" expected a row for each of 3 pictures');
});

test('alpha: the opacity is a picture of its own, and of given pictures nearly full', async () => {
  const shape: PictureShape = { count: 2, size: [4, 5], channels: 3 };
  const parameterization = alpha(fourier());
  const { pictures } = await renderingOf(parameterization, shape, parameterization.start(shape, random(0)));
  expect(pictures.shape).toEqual([2, 4, 5, 4]);
  const given = { shape: [2, 4, 5, 3], data: new Float32Array(120).fill(0.3) };
  const parameters = parameterization.from?.(given, shape) as NdArray[];
  const { pictures: again } = await renderingOf(parameterization, shape, parameters);
  again.data.forEach((value, i) => expect(value).toBeCloseTo(i % 4 === 3 ? 0.9 : 0.3, 4));
});

test('faded: what is opaque costs its share, and the gradient is that of the score', async () => {
  const pictures = { shape: [2, 3, 4, 4], data: noiseOf([96], 1).data.map((value) => 1 / (1 + Math.exp(-value))) };
  const slopes = noiseOf([2, 3, 4, 3], 2);
  const scored = async (given: NdArray): Promise<{ value: NdArray; gradient: NdArray }> => {
    const [value, gradient] = (await readAll(() => {
      const fading = faded(tensorOf(given) as Tensor4D, random(7), (colors) => ({
        value: tf.sum(tf.mul(tf.square(colors), tensorOf(slopes)), [1, 2, 3]) as Tensor1D,
        gradient: tf.mul(tf.mul(colors, tensorOf(slopes)), 2),
      }));
      return [fading.value, fading.gradient];
    })) as [NdArray, NdArray];
    return { value, gradient };
  };
  const { gradient } = await scored(pictures);
  const direction = noiseOf(pictures.shape, 3);
  const step = 1e-2;
  const [above, below] = await Promise.all(
    [step, -step].map(async (size) => (await scored(plus([pictures], [direction], size)[0] as NdArray)).value),
  );
  const slope =
    inner(plus([above as NdArray], [below as NdArray], -1), [{ shape: [2], data: Float32Array.of(1, 1) }]) / (2 * step);
  expect(slope).toBeCloseTo(inner([gradient], [direction]), 2);
  const opaque = { shape: pictures.shape, data: pictures.data.map((value, i) => (i % 4 === 3 ? 1 : value)) };
  expect([...(await scored(opaque)).value.data].map(Math.abs)).toEqual([0, 0]);
});

test('options are checked when a parameterization is made', () => {
  expect(() => fourier({ decai: 1 } as object)).toThrow('"options" expected some of decay');
  expect(() => pixels({ deviation: -1 })).toThrow('"deviation" expected a finite number of at least 0');
  expect(() => pyramid({ levels: 0 })).toThrow('"levels" expected an integer in 1..16, got 0');
  expect(() => pixels({ limit: 'clamp' as 'clip' })).toThrow('"limit" expected one of clip, sigmoid, got "clamp"');
  expect(() => fourier({ shared: [{ ratio: 0.5 }] })).toThrow(
    '"shared[0].ratio" expected a finite number of at least 1',
  );
  expect(() => lowResolution({} as { ratio: number })).toThrow('"ratio" expected');
  expect(() => cppn({ layers: 1.5 })).toThrow('"layers" expected an integer');
  expect(() => maco({ spectrum: {} as never })).toThrow('"spectrum.size" expected [height, width], got undefined');
  const weights = { shape: [1, 1], data: Float32Array.of(Number.NaN) };
  expect(() => grouped(pixels(), weights)).toThrow('"weights"');
});

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centerMap, edgeMap, gradient, randomMap } from '../../src/attribution/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { expectNear } from '../support/near.ts';
import { linearVolumes } from '../support/volumeModels.ts';

let model: LayersModel;
beforeAll(() => {
  model = sequential({
    layers: [
      l.conv2d({ filters: 3, kernelSize: 3, inputShape: [6, 7, 2], activation: 'relu' }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 4, activation: 'softmax' }),
    ],
  });
});
afterAll(() => model.dispose());

const pictures = (value: (row: number, column: number, channel: number) => number, count = 1): NdArray => ({
  shape: [count, 6, 7, 2],
  data: Float32Array.from({ length: count * 84 }, (_, i) =>
    value(Math.floor(i / 14) % 6, Math.floor(i / 2) % 7, i % 2),
  ),
});
const any = pictures((row, column, channel) => Math.sin(3 * row + column * column + channel), 2);

test.each([
  ['randomMap', randomMap],
  ['centerMap', centerMap],
  ['edgeMap', edgeMap],
] as const)('%s(model, x) has the score and the class of any method, and a map [n, h, w]', async (name, method) => {
  const [found, plain] = [await method(model, any), await gradient(model, any)];
  expect(found).toMatchObject({ method: name, target: plain.target, score: plain.score });
  expect(found.values.shape).toEqual([2, 6, 7]);
  const chosen = await method(model, any, { target: 2, scale: 'probability' });
  expect(chosen.score).toEqual((await gradient(model, any, { target: 2, scale: 'probability' })).score);
});

test('edgeMap(model, x): Sobel magnitudes of the mean of the channels', async () => {
  // A step of height 3 in the mean between columns 2 and 3: 4 · 3 on both sides.
  const step = pictures((_, column, channel) => (column > 2 ? 2 + 2 * channel : 0));
  const { values } = await edgeMap(model, step);
  const row = [0, 0, 12, 12, 0, 0, 0];
  expect([...values.data]).toEqual(Array.from({ length: 6 }, () => row).flat());
  const ramp = await edgeMap(
    model,
    pictures((down, right) => 3 * down + 4 * right),
  );
  const inner = [...ramp.values.data].filter((_, i) => i % 7 > 0 && i % 7 < 6 && i > 7 && i < 35);
  // 8 times the slope of length 5.
  inner.forEach((value) => expect(value).toBeCloseTo(40, 4));
});

test('centerMap(model, x): a bell around the middle, a quarter of each side wide', async () => {
  const { values } = await centerMap(model, any);
  const at = (row: number, column: number): number => values.data[7 * row + column] as number;
  expect(at(2, 3)).toBe(at(3, 3));
  expect(at(2, 3)).toBe(Math.max(...values.data));
  expect(at(0, 0)).toBeCloseTo(at(5, 6), 6);
  const [u, v] = [(4 * 1.5) / 6, (4 * 2) / 7];
  expect(at(1, 5)).toBeCloseTo(Math.exp(-(u * u + v * v) / 2), 6);
  expect([...values.data.subarray(0, 42)]).toEqual([...values.data.subarray(42)]);
});

test('randomMap(model, x): normal noise of its own for each seed and example', async () => {
  const many = pictures(() => 0, 100);
  const { values } = await randomMap(model, many, { seed: 3 });
  const mean = values.data.reduce((sum, value) => sum + value, 0) / values.data.length;
  const variance = values.data.reduce((sum, value) => sum + value * value, 0) / values.data.length;
  expect(Math.abs(mean)).toBeLessThan(0.06);
  expect(variance).toBeCloseTo(1, 1);
  expect(values.data.slice(0, 42)).not.toEqual(values.data.slice(42, 84));
  expect((await randomMap(model, many, { seed: 3 })).values).toEqual(values);
  expect((await randomMap(model, many, { seed: 4 })).values).not.toEqual(values);
});

test('a model without an image is refused', async () => {
  const vector = sequential({ layers: [l.dense({ units: 2, inputShape: [3] })] });
  const point = { shape: [1, 3], data: Float32Array.of(1, 2, 3) };
  await expect(centerMap(vector, point)).rejects.toThrow('expected an image [n, h, w, c]');
  vector.dispose();
});

describe('controls of volumes', () => {
  let volume: LayersModel;
  beforeAll(() => {
    volume = linearVolumes([4, 5, 6, 2]);
  });
  afterAll(() => volume.dispose());
  const ramp = {
    shape: [1, 4, 5, 6, 2],
    data: Float32Array.from(
      { length: 240 },
      (_, i) => 3 * Math.floor(i / 60) + 4 * (Math.floor(i / 12) % 5) + 12 * (Math.floor(i / 2) % 6),
    ),
  };
  const inner = (values: ArrayLike<number>): number[] =>
    Array.from(values).filter((_, i) => {
      const [d, r, c] = [Math.floor(i / 30), Math.floor(i / 6) % 5, i % 6];
      return d > 0 && d < 3 && r > 0 && r < 4 && c > 0 && c < 5;
    });

  test('edgeMap: Sobel along three axes, 2 · 16 times the slope', async () => {
    const { values, layout } = await edgeMap(volume, ramp);
    expect(values.shape).toEqual([1, 4, 5, 6]);
    expect(layout).toBe('ndhw');
    inner(values.data).forEach((value) => expect(value).toBeCloseTo(32 * Math.hypot(3, 4, 12), 3));
  });

  test('centerMap: the product of a bell along each axis', async () => {
    const { values } = await centerMap(volume, ramp);
    const bell = (index: number, length: number): number =>
      Math.exp(-0.5 * ((4 * (index - (length - 1) / 2)) / length) ** 2);
    const expected = Array.from(
      { length: 120 },
      (_, i) => bell(Math.floor(i / 30), 4) * bell(Math.floor(i / 6) % 5, 5) * bell(i % 6, 6),
    );
    expectNear(values.data, expected, 1e-6);
  });

  test('randomMap: one number at each voxel', async () => {
    const { values } = await randomMap(volume, ramp, { seed: 3 });
    expect(values.shape).toEqual([1, 4, 5, 6]);
    expect(new Set(values.data).size).toBe(120);
  });
});

import { expect, test } from 'vitest';
import { factorVariance } from '../../src/dissection/results/factorVariance.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { expectNear } from '../support/near.ts';

function normals(shape: readonly number[], seed: number): NdArray<Float64Array> {
  const { normal } = random(seed);
  return { shape, data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal) };
}

function variance(rows: readonly (readonly number[])[]): number {
  const size = rows[0]?.length ?? 0;
  const means = Array.from(
    { length: size },
    (_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length,
  );
  return (
    rows.reduce((sum, row) => sum + row.reduce((own, value, i) => own + (value - (means[i] as number)) ** 2, 0), 0) /
    rows.length
  );
}

test('shares are those of means over the other factor, and add up to 1', () => {
  const [values, instances, size] = [4, 5, 7];
  const features = normals([values, instances, size], 1);
  const at = (value: number, instance: number): number[] => [
    ...features.data.subarray((value * instances + instance) * size, (value * instances + instance + 1) * size),
  ];
  const mean = (rows: readonly (readonly number[])[]): number[] =>
    Array.from({ length: size }, (_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length);
  const all = Array.from({ length: values * instances }, (_, i) => at(Math.floor(i / instances), i % instances));
  const byValue = Array.from({ length: values }, (_, v) => mean(Array.from({ length: instances }, (_, s) => at(v, s))));
  const byInstance = Array.from({ length: instances }, (_, s) =>
    mean(Array.from({ length: values }, (_, v) => at(v, s))),
  );
  const { factor, instance, residual } = factorVariance(features);
  expect(factor.share).toBeCloseTo(variance(byValue) / variance(all), 10);
  expect(instance.share).toBeCloseTo(variance(byInstance) / variance(all), 10);
  expect(factor.share + instance.share + residual.share).toBeCloseTo(1, 10);
  for (const { share, variances } of [factor, instance, residual]) {
    expect(variances.reduce((sum, value) => sum + value, 0)).toBeCloseTo(share * variance(all), 10);
  }
});

test('planted dimensions are counted, and independent effects leave nothing', () => {
  const [values, instances, size] = [6, 8, 20];
  const { normal } = random(3);
  const direction = (): Float64Array => Float64Array.from({ length: size }, normal);
  const [one, two, three] = [direction(), direction(), direction()];
  const data = new Float64Array(values * instances * size);
  for (let value = 0; value < values; value++) {
    const angle = (2 * Math.PI * value) / values;
    for (let instance = 0; instance < instances; instance++) {
      for (let i = 0; i < size; i++) {
        data[(value * instances + instance) * size + i] =
          Math.cos(angle) * (one[i] as number) + Math.sin(angle) * (two[i] as number) + instance * (three[i] as number);
      }
    }
  }
  const { factor, instance, residual } = factorVariance({ shape: [values, instances, size], data }, { share: 0.999 });
  expect([factor.dimension, instance.dimension]).toEqual([2, 1]);
  expectNear([residual.share], [0], 1e-12);
  expect(factorVariance({ shape: [values, instances, size], data }, { share: 0 }).factor.dimension).toBe(0);
});

test.each<[NdArray, object, string]>([
  [
    { shape: [1, 2, 1], data: new Float32Array(2) },
    {},
    '"features" expected two values and two instances or more, got 1 and 2',
  ],
  [{ shape: [2, 2, 1], data: new Float32Array(4) }, {}, '"features" expected features that vary'],
  [{ shape: [2, 2], data: new Float32Array(4) }, {}, '"features" expected rank 3'],
  [{ shape: [2, 2, 1], data: Float32Array.of(0, 1, Number.NaN, 1) }, {}, '"features" expected finite numbers, got NaN'],
  [{ shape: [2, 2, 1], data: Float32Array.of(0, 1, 2, 1) }, { share: 2 }, '"share" expected a number in 0..1, got 2'],
])('what is no grid of features is refused', (features, options, message) => {
  expect(() => factorVariance(features, options)).toThrow(message);
});

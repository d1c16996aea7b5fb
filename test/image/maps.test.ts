import fc from 'fast-check';
import { expect, test } from 'vitest';
import { example } from '../../src/image/maps/example.ts';
import { isEmpty } from '../../src/image/maps/isEmpty.ts';
import { normalize } from '../../src/image/maps/normalize.ts';
import { rectify } from '../../src/image/maps/rectify.ts';
import { reduceChannels } from '../../src/image/maps/reduceChannels.ts';
import { reduceFeatures } from '../../src/image/maps/reduceFeatures.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';

const arrayOf = (shape: readonly number[], ...values: number[]): NdArray => ({
  shape,
  data: Float32Array.from(values),
});

test('example(map, i) keeps the axis of examples and copies', () => {
  const map = arrayOf([2, 1, 2], 1, 2, 3, 4);
  const second = example(map, 1);
  expect(second).toEqual(arrayOf([1, 1, 2], 3, 4));
  second.data[0] = 9;
  expect(map.data[2]).toBe(3);
  expect(example({ shape: [2, 1], data: Int32Array.of(5, 6) }, 0).data).toEqual(Int32Array.of(5));
});

test('reduceChannels(map, how)', () => {
  const map = arrayOf([1, 1, 2, 2], 3, -4, -1, 0.5);
  expect(reduceChannels(map)).toEqual(arrayOf([1, 1, 2], -1, -0.5));
  expect(reduceChannels(map, 'mean').data).toEqual(Float32Array.of(-0.5, -0.25));
  expect(reduceChannels(map, 'maxAbs').data).toEqual(Float32Array.of(4, 1));
  expect(reduceChannels(map, 'l2').data).toEqual(Float32Array.of(5, Math.sqrt(1.25)));
});

test('reduceFeatures(map, how): one number per word', () => {
  const map = arrayOf([1, 2, 3], 1, 2, -1, 0, 0.5, 0);
  expect(reduceFeatures(map)).toEqual(arrayOf([1, 2], 2, 0.5));
  expect(reduceFeatures(map, 'maxAbs').data).toEqual(Float32Array.of(2, 0.5));
  expect(() => reduceFeatures(arrayOf([1, 1, 1, 2], 1, 2))).toThrow('"map" expected rank 3, got shape [1, 1, 1, 2]');
});

test('rectify(map) keeps what is positive', () => {
  expect(rectify(arrayOf([2, 2], -1, 0, 2, -0.5))).toEqual(arrayOf([2, 2], 0, 0, 2, 0));
  expect(rectify(arrayOf([1], Number.NaN)).data[0]).toBeNaN();
});

test('normalize(map, { by }) scales each example for itself', () => {
  const map = arrayOf([2, 1, 2], -4, 2, 10, 5);
  expect(normalize(map)).toEqual(arrayOf([2, 1, 2], -2, 1, 1, 0.5));
  expect(normalize(map, { by: 'maxAbs' })).toEqual(arrayOf([2, 1, 2], -1, 0.5, 1, 0.5));
});

test("normalize(map, { by: 'percentile' }) divides by a percentile of the magnitudes and clips", () => {
  const map = arrayOf([1, 5], 1, -2, 3, -4, 100);
  // Magnitudes 1, 2, 3, 4, 100: the 75th percentile is 4.
  expect(normalize(map, { by: 'percentile', percentile: 75 }).data).toEqual(Float32Array.of(0.25, -0.5, 0.75, -1, 1));
  expect(normalize(map, { by: 'percentile', percentile: 100 }).data[4]).toBe(1);
  const sparse = arrayOf([1, 5], 0, 0, 0, 0, -3);
  expect(normalize(sparse, { by: 'percentile', percentile: 50 })).toEqual(arrayOf([1, 5], 0, 0, 0, 0, -1));
});

test('normalize(map) of a map without variation or without a positive value is zero', () => {
  for (const by of ['max', 'maxAbs', 'percentile'] as const) {
    expect(normalize(arrayOf([2, 1, 2], 0, 0, 3, 3), { by })).toEqual(arrayOf([2, 1, 2], 0, 0, 0, 0));
  }
  const negative = normalize(arrayOf([1, 2], -1, -2));
  expect(isEmpty(negative)).toEqual([true]);
});

test('normalize(map) stays within its range and is never NaN', () => {
  const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 100), max: 2 ** 100 }), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(values, fc.constantFrom('max' as const, 'maxAbs' as const, 'percentile' as const), (data, by) => {
      const normalized = normalize(arrayOf([2, 2, 3], ...data), { by });
      const low = by === 'max' ? Number.NEGATIVE_INFINITY : -1;
      expect(normalized.data.every((value) => value >= low && value <= 1)).toBe(true);
      expect(
        normalized.data.every((value, i) => value === 0 || Math.sign(value) === Math.sign(data[i] as number)),
      ).toBe(true);
    }),
  );
});

test('isEmpty(map) tells for each example whether all is zero', () => {
  expect(isEmpty(arrayOf([3, 1, 2], 0, 0, 0, 1, -1, 1))).toEqual([true, false, false]);
  expect(isEmpty(arrayOf([1, 2], 0, -0))).toEqual([true]);
  expect(isEmpty(arrayOf([1, 1, 1, 2], Number.NaN, 0))).toEqual([false]);
});

test('post-processing refuses what is no map', () => {
  expect(() => example(arrayOf([2, 1], 1, 2), 2)).toThrow(
    new VitrineError('bad-argument', '"i" expected an integer in 0..1, got 2'),
  );
  expect(() => example(arrayOf([2, 1], 1, 2), -1)).toThrow('got -1');
  expect(() => reduceChannels(arrayOf([1, 1, 2], 1, 2))).toThrow('"map" expected rank 4 or 5, got shape [1, 1, 2]');
  expect(() => reduceChannels(arrayOf([1, 1, 1, 1], 1), 'max' as 'mean')).toThrow(
    new VitrineError('bad-argument', '"kind" expected one of mean, sum, maxAbs, l2, got "max"'),
  );
  expect(() => normalize(arrayOf([2], 1, 2))).toThrow('"map" expected rank 2 or 3 or 4 or 5, got shape [2]');
  expect(() => normalize(arrayOf([1, 2, 2], 1, 2, Number.NaN, 0))).toThrow(
    '"map" expected finite numbers, got NaN at [0, 1, 0]',
  );
  expect(() => normalize(arrayOf([1, 1], 1), { by: 'min' as 'max' })).toThrow('"by" expected one of max');
  expect(() => normalize(arrayOf([1, 1], 1), { percentile: 101 })).toThrow(
    '"percentile" expected a number in 0..100, got 101',
  );
  expect(() => isEmpty(undefined as never)).toThrow(VitrineError);
  expect(() => rectify([1] as never)).toThrow('"map" expected {shape, data} with a typed array, got [1]');
});

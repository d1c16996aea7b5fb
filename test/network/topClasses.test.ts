import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topClasses } from '../../src/network/topClasses.ts';
import { VitrineError } from '../../src/numeric/errors.ts';

const values = { shape: [2, 4], data: Float32Array.of(0.125, 0.5, 0.25, 0.125, -3, -1, -2, -4) };

test('topClasses(values, k)', () => {
  expect(topClasses(values, 2)).toEqual([
    [
      { index: 1, value: 0.5 },
      { index: 2, value: 0.25 },
    ],
    [
      { index: 1, value: -1 },
      { index: 2, value: -2 },
    ],
  ]);
});

test('topClasses(values, k, labels): of equal values the first class comes first', () => {
  const [first] = topClasses(values, 4, ['a', 'b', 'c', 'd']);
  expect(first?.map(({ label }) => label)).toEqual(['b', 'c', 'a', 'd']);
});

test('topClasses(values, k): any row, all classes', () => {
  const row = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(row, (numbers) => {
      const [ranking = []] = topClasses(
        { shape: [1, numbers.length], data: Float32Array.from(numbers) },
        numbers.length,
      );
      const sorted = [...numbers].sort((a, b) => b - a);
      expect(ranking.map(({ value }) => value + 0)).toEqual(sorted.map((value) => value + 0));
      expect(ranking.map(({ index }) => index).sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i));
      for (const { index, value } of ranking) expect(value).toBe(numbers[index]);
    }),
  );
});

test('topClasses(bad input)', () => {
  expect(() => topClasses(values, 5)).toThrow('"count" expected an integer in 1..4, got 5');
  expect(() => topClasses(values, 0)).toThrow(VitrineError);
  expect(() => topClasses(values, 1.5)).toThrow(VitrineError);
  expect(() => topClasses(values, 1, ['a', 'b'])).toThrow('"labels" expected 4 names, one per class, got 2');
  expect(() => topClasses(values, 1, 'abcd' as unknown as string[])).toThrow(VitrineError);
  expect(() => topClasses({ shape: [4], data: values.data.slice(0, 4) }, 1)).toThrow('"values" expected rank 2');
  expect(() => topClasses({ shape: [1, 2], data: Float32Array.of(1, Number.NaN) }, 1)).toThrow('got NaN at [0, 1]');
  expect(() => topClasses(undefined as unknown as typeof values, 1)).toThrow(VitrineError);
});

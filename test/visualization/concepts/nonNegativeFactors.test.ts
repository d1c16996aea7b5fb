import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { nonNegativeFactors } from '../../../src/visualization/concepts/nonNegativeFactors.ts';
import { cosineOf, rowsIn } from '../../support/superposed.ts';

const parts = [
  [1, 2, 0, 0, 0, 1],
  [0, 0, 3, 1, 0, 0],
  [0, 1, 0, 0, 2, 0],
];

/** Rows that are sums of the parts, of some one alone. */
function sums(count: number): NdArray {
  const { uniform } = random(4);
  const rows = Array.from({ length: count }, (_, row) => {
    const shares = parts.map((_, k) => (row < 6 ? Number(row % 3 === k) : uniform()));
    return parts[0]?.map((_, unit) =>
      parts.reduce((sum, part, k) => sum + (shares[k] as number) * (part[unit] as number), 0),
    );
  });
  return { shape: [count, 6], data: Float32Array.from(rows.flat() as number[]) };
}

describe('nonNegativeFactors', () => {
  test.each(['random', 'extreme'] as const)(
    'finds the parts that rows are sums of, from a start that is %s',
    async (start) => {
      const found = await nonNegativeFactors(sums(30), { count: 3, steps: 1000, start });
      for (const part of parts) {
        expect(Math.max(...rowsIn(found.parts).map((row) => cosineOf(row, part)))).toBeGreaterThan(0.999);
      }
      expect(found.explained).toBeGreaterThan(0.9999);
      expect(found.weights.shape).toEqual([30, 3]);
      expect(found.errors).toHaveLength(1001);
      expect(found.errors[1000]).toBeLessThan(0.02 * (found.errors[0] as number));
    },
  );

  test('the same seed gives the same, another seed another', async () => {
    const options = { count: 2, steps: 3 };
    const first = await nonNegativeFactors(sums(12), options);
    expect(await nonNegativeFactors(sums(12), options)).toEqual(first);
    expect((await nonNegativeFactors(sums(12), { ...options, seed: 1 })).parts).not.toEqual(first.parts);
    expect(structuredClone(first)).toEqual(first);
  });

  const matrix = (...data: number[]): NdArray => ({ shape: [2, 2], data: Float32Array.from(data) });
  const wrong: readonly (readonly [string, NdArray, object, string])[] = [
    ['a negative number', matrix(1, 2, -3, 4), {}, '"matrix" expected no negative numbers, got -3 at [1, 0]'],
    ['NaN', matrix(1, Number.NaN, 3, 4), {}, 'got NaN at [0, 1]'],
    ['zeros alone', matrix(0, 0, 0, 0), {}, 'got zeros alone'],
    ['no factors', matrix(1, 2, 3, 4), { count: 0 }, '"count" expected an integer of at least 1, got 0'],
    ['another rank', { shape: [4], data: new Float32Array(4) }, {}, '"matrix" expected rank 2'],
    ['a misspelt option', matrix(1, 2, 3, 4), { counts: 1 }, 'got "counts"'],
  ];
  for (const [name, given, options, message] of wrong) {
    test(`refuses ${name}`, async () => {
      await expect(nonNegativeFactors(given, { count: 1, ...options })).rejects.toThrow(message);
    });
  }

  test('stops', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done === 5) controller.abort(new Error('enough'));
    };
    const call = nonNegativeFactors(sums(30), { count: 3, steps: 1e5, signal: controller.signal, onProgress });
    await expect(call).rejects.toThrow('enough');
  });
});

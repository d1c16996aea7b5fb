import { describe, expect, test } from 'vitest';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import { wardClusters } from '../../src/numeric/wardClusters.ts';
import { naiveWard } from '../oracle/ward.ts';

const rowsOf = (count: number, width: number, draw: () => number): Float64Array[] =>
  Array.from({ length: count }, () => Float64Array.from({ length: width }, draw));

describe('wardClusters(rows)', () => {
  test.each([
    [2, 3],
    [40, 5],
    [60, 1],
  ])('of %i rows with %i columns merges what looking through all pairs merges', (count, width) => {
    const rows = rowsOf(count, width, random(count).normal);
    const found = atOnce(wardClusters(rows));
    const expected = naiveWard(rows);
    expect(found.map(({ children }) => children)).toEqual(expected.map(({ children }) => children));
    found.forEach(({ height }, i) => expect(height).toBeCloseTo(expected[i]?.height as number, 12));
  });

  test.each([1, 2, 3])('of equal distances the first is taken: rows on a grid, %i columns', (width) => {
    const { integer } = random(width);
    const rows = rowsOf(30, width, () => integer(3));
    expect(atOnce(wardClusters(rows))).toEqual(naiveWard(rows));
  });

  test('rows that are all the same, one row and none', () => {
    const rows = rowsOf(12, 2, () => 1);
    expect(atOnce(wardClusters(rows))).toEqual(naiveWard(rows));
    expect(atOnce(wardClusters(rows.slice(0, 1)))).toEqual([]);
    expect(atOnce(wardClusters([]))).toEqual([]);
  });

  test('of n rows takes the distances of some n² pairs, one at a time', () => {
    const steps = [...wardClusters(rowsOf(100, 7, random(1).normal))];
    expect(steps.length).toBeLessThan(100 ** 2);
    expect(Math.max(...steps)).toBe(7);
  });
});

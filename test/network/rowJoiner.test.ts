import { describe, expect, test } from 'vitest';
import { rowJoiner } from '../../src/network/walk/rowJoiner.ts';

const array = (shape: readonly number[], ...data: readonly number[]) => ({ shape, data: Float32Array.from(data) });

describe('rowJoiner', () => {
  test('joins the rows of parts in order, in one array of just their length', () => {
    const joiner = rowJoiner(5);
    joiner.add(array([2, 2], 1, 2, 3, 4), { start: 0, end: 2 });
    joiner.add(array([2, 2], 5, 6, 7, 8), { start: 2, end: 4 });
    joiner.add(array([1, 2], 9, 10), { start: 4, end: 5 });
    const { shape, data } = joiner.joined();
    expect(shape).toEqual([5, 2]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(data.buffer.byteLength).toBe(40);
  });

  test('joins parts that have one row each, however many rows they are made of', () => {
    const joiner = rowJoiner(5);
    for (const [start, end] of [
      [0, 2],
      [2, 4],
      [4, 5],
    ] as const) {
      joiner.add(array([1, 2], start, end), { start, end });
    }
    const { shape, data } = joiner.joined();
    expect(shape).toEqual([3, 2]);
    expect([...data]).toEqual([0, 2, 2, 4, 4, 5]);
    expect(data.buffer.byteLength).toBe(24);
  });

  test('leaves a single part as it is', () => {
    const part = array([], 7);
    const joiner = rowJoiner(3);
    joiner.add(part, { start: 0, end: 3 });
    expect(joiner.joined()).toBe(part);
  });
});

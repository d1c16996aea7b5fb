import { expect, test } from 'vitest';
import { random, shuffled } from '../../src/numeric/random.ts';
import { binomial } from '../../src/numeric/statistics.ts';

test('binomial: a row of the triangle, and a large one', () => {
  expect([0, 1, 2, 3, 4, 5, 6].map((k) => binomial(6, k))).toEqual([1, 6, 15, 20, 15, 6, 1]);
  expect(binomial(52, 5)).toBe(2598960);
  expect(binomial(56, 28)).toBe(7648690600760440);
});

test('shuffled: every order of three is as likely', () => {
  const { integer } = random(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = shuffled(3, integer).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
  // Five standard deviations of a binomial count.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 / 6));
});

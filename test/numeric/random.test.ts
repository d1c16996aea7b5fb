import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VitrineError } from '../../src/numeric/errors.ts';
import { random } from '../../src/numeric/random.ts';

const draw = (count: number, next: () => number): Float64Array => Float64Array.from({ length: count }, next);
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: Float64Array, y: Float64Array, mx: number, my: number): number =>
    mean(x.map((value, i) => (value - mx) * ((y[i] as number) - my)));
  return product(a, b, meanA, meanB) / Math.sqrt(product(a, a, meanA, meanA) * product(b, b, meanB, meanB));
}

test('random(seed).uniform() is uniform on [0, 1)', () => {
  const values = draw(100_000, random(0).uniform);
  expect(Math.min(...values.slice(0, 10_000))).toBeGreaterThanOrEqual(0);
  expect(values.every((value) => value < 1)).toBe(true);
  expect(mean(values)).toBeCloseTo(1 / 2, 2);
  expect(mean(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  const bins = new Int32Array(20);
  for (const value of values) bins[Math.floor(value * 20)]!++;
  const chiSquare = bins.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
  expect(chiSquare).toBeLessThan(43.8); // 0.1 % of a chi-square variable with 19 degrees of freedom
});

test('random(seed).normal() has the moments of the standard normal distribution', () => {
  const values = draw(100_000, random(5, 1, 2).normal);
  const moment = (power: number): number => mean(values.map((value) => value ** power));
  expect(Math.abs(moment(1))).toBeLessThan(0.013); // four standard errors
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.018);
  expect(Math.abs(moment(3))).toBeLessThan(0.05);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.13);
});

test('random(seed).integer(below) reaches every integer equally often', () => {
  const { integer } = random(1);
  const counts = new Int32Array(7);
  for (let i = 0; i < 70_000; i++) counts[integer(7)]!++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquare).toBeLessThan(22.5); // 0.1 % with 6 degrees of freedom
  expect(integer(1)).toBe(0);
  expect(integer(2 ** 40)).toBeLessThan(2 ** 40);
});

test('random(seed, ...stream) gives the same numbers again', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.nat(), fc.nat(), (seed, example, sample) => {
      const [first, second] = [random(seed, example, sample), random(seed, example, sample)];
      expect(draw(4, first.uniform)).toEqual(draw(4, second.uniform));
      expect(first.normal()).toBe(second.normal());
    }),
  );
});

test('random(seed, example, sample) streams start differently in every bit', () => {
  const firsts = new Float64Array(64 * 64);
  for (let example = 0; example < 64; example++) {
    for (let sample = 0; sample < 64; sample++) firsts[example * 64 + sample] = random(0, example, sample).uniform();
  }
  expect(new Set(firsts).size).toBe(firsts.length);
  expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(0.018);
  for (const bit of [1, 2, 4, 8, 16, 1024, 2 ** 20, 2 ** 30]) {
    const ones = mean(firsts.map((value) => Math.floor(value * bit * 2) % 2));
    expect(Math.abs(ones - 0.5)).toBeLessThan(0.032);
  }
});

test.each([
  ['seed', [1], [2]],
  ['example', [0, 1], [0, 2]],
  ['sample', [0, 0, 1], [0, 0, 2]],
  ['seed and example exchanged', [1, 2], [2, 1]],
  ['number of stream indices', [0], [0, 0]],
  ['high words of the seed', [0], [2 ** 32]],
  ['sign of the seed', [1], [-1]],
] as const)('random() is uncorrelated between streams that differ in %s', (_, a, b) => {
  const [x, y] = [draw(20_000, random(...(a as [number])).normal), draw(20_000, random(...(b as [number])).normal)];
  expect(Math.abs(correlation(x, y))).toBeLessThan(0.03);
  expect(Math.abs(correlation(x.slice(1), y.slice(0, -1)))).toBeLessThan(0.03);
  expect(Math.abs(correlation(x.slice(1), x.slice(0, -1)))).toBeLessThan(0.03);
});

test('random() refuses numbers that are no safe integers', () => {
  expect(() => random(0.5)).toThrow(new VitrineError('bad-argument', '"seed" expected a safe integer, got 0.5'));
  expect(() => random(0, Number.NaN)).toThrow('got NaN');
  expect(() => random(0).integer(0)).toThrow('"below" expected an integer in 1..9007199254740991, got 0');
});

import { expect, test } from 'vitest';
import { complexity, effectiveComplexity, mapSimilarity, sparseness } from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';

const rows = (...maps: number[][]): NdArray => ({
  shape: [maps.length, 1, maps[0]?.length as number],
  data: Float32Array.from(maps.flat()),
});
const near = (found: Float32Array, expected: readonly number[]): void =>
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));

test('sparseness(map): Gini index of the magnitudes', () => {
  const { score, higherIsBetter } = sparseness(rows([0, 5, 0, 0], [1, 1, 1, 1], [1, -2, 3, 4], [-3, 3, -3, 3]));
  near(score, [0.75, 0, 0.25, 0]);
  expect(higherIsBetter).toBe(true);
  near(sparseness(rows([0.1, 0.2, 0.3, 0.4, 0])).score, [0.4]);
});

test('complexity(map): entropy of the magnitudes in nats', () => {
  const { score, higherIsBetter } = complexity(rows([1, 2, 3, -4], [2, 2, -2, 2], [0, 0, 7, 0]));
  near(score, [1.2798542, Math.log(4), 0]);
  expect(higherIsBetter).toBe(false);
});

test('effectiveComplexity(map, { threshold }): magnitudes above a share of the greatest', () => {
  near(effectiveComplexity(rows([10, -5, 1, 0.9], [1e-9, 0, 0, 0])).score, [4, 1]);
  near(effectiveComplexity(rows([10, -5, 1, 0.9]), { share: 0.1 }).score, [2]);
  expect(() => effectiveComplexity(rows([1]), { share: -1 })).toThrow('"share" expected');
});

test('channels are summed before the magnitude is taken', () => {
  const map = { shape: [1, 1, 2, 2], data: Float32Array.of(1, -1, 3, 1) };
  expect(complexity(map).score[0]).toBe(0);
});

test('a map of zeros: NaN, of effective complexity 0', () => {
  const zeros = rows([0, 0, 0, 0]);
  expect(sparseness(zeros).score[0]).toBeNaN();
  expect(complexity(zeros).score[0]).toBeNaN();
  expect(effectiveComplexity(zeros).score[0]).toBe(0);
});

test.each([sparseness, complexity, effectiveComplexity])('%o refuses NaN by its position', (metric) => {
  expect(() => metric(rows([1, 2, Number.NaN, 4]))).toThrow('"map" expected finite numbers, got NaN at [0, 0, 2]');
});

test('mapSimilarity(map, other, { similarity }) compares each example with its signs', () => {
  const [a, b] = [rows([1, 2, 3, 4], [4, 1, 2, 8]), rows([10, 20, 30, 100], [-4, -1, -2, -8])];
  near(mapSimilarity(a, b).score, [1, -1]);
  near(mapSimilarity(a, b, { similarity: 'cosine' }).score, [540 / Math.sqrt(30 * 11400), -1]);
  near(mapSimilarity(a, b, { similarity: 'pearson' }).score, [140 / Math.sqrt(5 * 5000), -1]);
  expect(mapSimilarity(a, rows([0, 0, 0, 0], [1, 1, 1, 1])).score).toEqual(Float32Array.of(Number.NaN, Number.NaN));
  expect(() => mapSimilarity(a, rows([1, 2, 3, 4]))).toThrow('"other" expected the shape of the map, [2, 1, 4]');
  expect(() => mapSimilarity(a, b, { similarity: 'ssim' })).toThrow('at least 11 × 11 positions for SSIM, got 1 × 4');
});

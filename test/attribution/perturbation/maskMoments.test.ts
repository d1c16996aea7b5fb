import { expect, test } from 'vitest';
import { maskMoments } from '../../../src/attribution/perturbation/randomMasks/maskMoments.ts';

/** The slope at one position for masks of these values and their scores, summed in 32-bit numbers as backends do. */
function slopeOf(masks: readonly number[], scores: readonly number[]): number {
  const moments = maskMoments(1);
  const sum = (values: readonly number[]): Float32Array =>
    Float32Array.of(values.reduce((total, value) => Math.fround(total + value), 0));
  const sums = {
    products: { shape: [1], data: sum(masks.map((mask, i) => mask * (scores[i] as number))) },
    masks: { shape: [1], data: sum(masks) },
    squares: { shape: [1], data: sum(masks.map((mask) => mask ** 2)) },
  };
  moments.add(sums, Float32Array.from(scores));
  return moments.slopes()[0] as number;
}

test('slopes() is zero where all masks are the same, whatever 32-bit sums leave', () => {
  const scores = Array.from({ length: 24 }, (_, i) => Math.sin(i));
  for (const mask of [0, 0.1, 1 / 3, 0.7, 1]) {
    const masks = scores.map(() => Math.fround(mask));
    expect(slopeOf(masks, scores)).toBe(0);
  }
});

test('slopes() is that of masks that differ by few per cent', () => {
  const masks = Array.from({ length: 64 }, (_, i) => 0.9 + (i % 2) / 16);
  const scores = masks.map((mask) => 3 * mask + 1);
  expect(slopeOf(masks, scores)).toBeCloseTo(3, 1);
});

import { expect, test } from 'vitest';
import { random } from '../../src/numeric/random.ts';
import { sobolDesigns, totalIndices } from '../../src/numeric/sobolDesigns.ts';

/** The total indices of a function of as many numbers in [0, 1]. */
function indicesOf(score: (mask: Float32Array) => number, players: number, samples: number): Float64Array {
  const designs = sobolDesigns(samples, players, random(3));
  const mask = new Float32Array(players);
  const scores = Float64Array.from({ length: designs.count }, (_, index) => {
    designs.fill(mask, index);
    return score(mask);
  });
  return totalIndices(scores, players);
}

test('an additive function: the share of the variance that each player has', () => {
  const factors = [3, -2, 1, 0];
  const total = 14;
  const found = indicesOf((mask) => factors.reduce((sum, factor, i) => sum + factor * (mask[i] as number), 5), 4, 512);
  factors.forEach((factor, i) => {
    expect(Math.abs((found[i] as number) - factor ** 2 / total)).toBeLessThan(0.01);
  });
});

test('a product: what both have together counts for each', () => {
  // x y with x and y uniform: Var = 7/144, and without one of them the mean variance is 1/36.
  const found = indicesOf(([x = 0, y = 0]) => x * y, 2, 1024);
  for (const index of found) expect(Math.abs(index - 4 / 7)).toBeLessThan(0.02);
});

test('scores that are all the same, or too few, are told by nobody', () => {
  expect([...indicesOf(() => 2, 3, 4)]).toEqual([0, 0, 0]);
  expect([...totalIndices(Float64Array.of(1, 2, 3), 3)]).toEqual([0, 0, 0]);
});

test('each design: A, B, and A with one player after the other from B', () => {
  const designs = sobolDesigns(2, 3, random(1));
  const mask = new Float32Array(3);
  const masks = Array.from({ length: designs.count }, (_, index) => {
    designs.fill(mask, index);
    return [...mask];
  });
  const [a, b] = masks.slice(5, 7) as [number[], number[]];
  expect(masks.slice(7)).toEqual([0, 1, 2].map((player) => a.map((value, i) => (i === player ? b[i] : value))));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuseNeighbours, selectNeighbours } from '../../src/graph/neighbours.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { type Random, random } from '../../src/numeric/random.ts';

const [nodes, images] = [5, 4];
const seeds = fc.integer({ min: 0, max: 1e6 });

function drawn(source: Random, shape: readonly number[], scale: number): NdArray<Float64Array> {
  const length = shape.reduce((product, axis) => product * axis, 1);
  return { shape: [...shape], data: Float64Array.from({ length }, () => scale * source.normal()) };
}

/** The place of a node on an image. */
function placeOf({ shape, data }: NdArray<Float64Array>, node: number, image: number): readonly [number, number] {
  const at = 2 * (node * (shape[1] as number) + image);
  return [data[at] as number, data[at + 1] as number];
}

function meanPlace(positions: NdArray<Float64Array>, node: number): readonly [number, number] {
  let [row, column] = [0, 0];
  for (let image = 0; image < images; image++) {
    const place = placeOf(positions, node, image);
    row += place[0] / images;
    column += place[1] / images;
  }
  return [row, column];
}

function gaussian(distance: number, sigma: number): number {
  return Math.exp(-(distance ** 2) / (2 * sigma ** 2)) / (2 * Math.PI * sigma ** 2);
}

test('fuseNeighbours(…) is the product of the neighbours’ Gaussians, at any place', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const source = random(seed);
      const positions = drawn(source, [nodes, images, 2], 20);
      const sigma = Array.from({ length: nodes }, () => 4 + 10 * source.uniform());
      const neighbours = [4, 0, 2];
      const { shift, variance, weights } = fuseNeighbours({ positions, sigma, neighbours });
      for (let image = 0; image < images; image++) {
        // Its usual place is at (0, 0).
        const [row, column] = [15 * source.normal(), 15 * source.normal()];
        let product = 1;
        for (const node of neighbours) {
          const [place, mean] = [placeOf(positions, node, image), meanPlace(positions, node)];
          const distance = Math.hypot(row - (place[0] - mean[0]), column - (place[1] - mean[1]));
          product *= gaussian(distance, sigma[node] as number) ** (1 / neighbours.length);
        }
        const [rows, columns] = [shift.data[2 * image] as number, shift.data[2 * image + 1] as number];
        const fused =
          (weights[image] as number) * gaussian(Math.hypot(row - rows, column - columns), Math.sqrt(variance));
        expect(fused / product).toBeCloseTo(1, 8);
      }
    }),
    { numRuns: 30 },
  );
});

test('one neighbour says how far it is from its mean itself, and how widely', () => {
  const positions = { shape: [1, 3, 2], data: Float64Array.of(1, 2, 4, 2, 4, 8) };
  const { shift, variance, weights } = fuseNeighbours({ positions, sigma: [3], neighbours: [0] });
  expect([...shift.data]).toEqual([-2, -2, 1, -2, 1, 4]);
  expect(variance).toBeCloseTo(9, 12);
  for (const weight of weights) expect(weight).toBeCloseTo(1, 12);
});

test('selectNeighbours(…) scores as the sum over images says, and chooses the greatest first', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 7 }), (seed, count) => {
      const source = random(seed);
      const own = drawn(source, [images, 2], 5);
      const candidates = drawn(source, [6, images, 2], 5);
      const scores = Array.from({ length: images }, () => source.uniform());
      const found = selectNeighbours({ own, scores, candidates, count });
      const distance = (candidate: number, image: number): number => {
        const [row, column] = placeOf(candidates, candidate, image);
        return (row - (own.data[2 * image] as number)) ** 2 + (column - (own.data[2 * image + 1] as number)) ** 2;
      };
      let mean = 0;
      for (let candidate = 0; candidate < 6; candidate++) {
        for (let image = 0; image < images; image++) mean += distance(candidate, image) / (6 * images);
      }
      for (let candidate = 0; candidate < 6; candidate++) {
        let wanted = 0;
        for (let image = 0; image < images; image++) {
          wanted += (scores[image] as number) * Math.exp(-distance(candidate, image) / (2 * mean));
        }
        expect(found.scores[candidate]).toBeCloseTo(wanted, 10);
      }
      const order = [0, 1, 2, 3, 4, 5].sort((a, b) => (found.scores[b] as number) - (found.scores[a] as number));
      expect(found.selected).toEqual(order.slice(0, count));
    }),
    { numRuns: 30 },
  );
});

test('of equal candidates the earlier ones, of none that moves all alike, and 15 where nothing is said', () => {
  const own = { shape: [2, 2], data: Float64Array.of(1, 0, -1, 0) };
  const candidates = { shape: [3, 2, 2], data: Float64Array.of(2, 0, -2, 0, 1, 0, -1, 0, 1, 0, -1, 0) };
  expect(selectNeighbours({ own, scores: [1, 1], candidates }).selected).toEqual([1, 2, 0]);
  const still = { shape: [20, 1, 2], data: new Float64Array(40) };
  const found = selectNeighbours({ own: { shape: [1, 2], data: new Float64Array(2) }, scores: [3], candidates: still });
  expect([...found.scores]).toEqual(new Array(20).fill(3));
  expect(found.selected).toEqual(Array.from({ length: 15 }, (_, i) => i));
});

import { describe, expect, test } from 'vitest';
import { fitPatternMixture, type PatternMixtureOptions } from '../../src/graph/fitPatternMixture.ts';
import { peaksOf } from '../../src/graph/mixture/peaksOf.ts';
import { responsesOf } from '../../src/graph/mixture/responses.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';

const [images, height, width, nodes] = [3, 5, 4, 2];
const [centre, jump] = [
  [2, 3],
  [4, 6],
] as const;
const source = random(7);
const maps: NdArray = {
  shape: [images, height, width],
  data: Float32Array.from({ length: images * height * width }, () => source.normal()),
};
const positions = { shape: [nodes, 2], data: Float64Array.of(5, 8, 14, 16) };
const sigma = [6, 9];
const noneDensity = 0.0007;
const shifts = {
  shape: [nodes, images, 2],
  data: Float64Array.from({ length: nodes * images * 2 }, () => source.normal()),
};
const weights = { shape: [nodes, images], data: Float64Array.from({ length: nodes * images }, () => source.uniform()) };
const given: PatternMixtureOptions = { centre, jump, positions, sigma, noneDensity, shifts, weights };

/** What a node says of a pixel of an image. */
function density(at: readonly number[], { node, image, row, column }: Record<string, number>): number {
  const k = (node as number) * images + (image as number);
  const distance = Math.hypot(
    (row as number) - (at[2 * (node as number)] as number) - (shifts.data[2 * k] as number),
    (column as number) - (at[2 * (node as number) + 1] as number) - (shifts.data[2 * k + 1] as number),
  );
  const variance = (sigma[node as number] as number) ** 2;
  return ((weights.data[k] as number) * Math.exp(-(distance ** 2) / (2 * variance))) / (2 * Math.PI * variance);
}

interface Seen {
  readonly image: number;
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** All positive responses with their pixels. */
const seen: readonly Seen[] = Array.from(maps.data, (value, k) => ({
  image: Math.floor(k / (height * width)),
  row: centre[0] + jump[0] * (Math.floor(k / width) % height),
  column: centre[1] + jump[1] * (k % width),
  value,
})).filter(({ value }) => value > 0);

/** One step of expectation-maximisation, by the book. */
function plainStep(at: readonly number[]): { positions: number[]; logLikelihood: number; mass: number[] } {
  const [mass, sums] = [new Array<number>(nodes).fill(0), new Array<number>(2 * nodes).fill(0)];
  let logLikelihood = 0;
  for (const { image, row, column, value } of seen) {
    const own = [0, 1].map((node) => density(at, { node, image, row, column }));
    const total = own.reduce((sum, one) => sum + one, noneDensity);
    logLikelihood += value * Math.log(total / (nodes + 1));
    own.forEach((one, node) => {
      const share = (value * one) / total;
      const k = node * images + image;
      mass[node] = (mass[node] as number) + share;
      sums[2 * node] = (sums[2 * node] as number) + share * (row - (shifts.data[2 * k] as number));
      sums[2 * node + 1] = (sums[2 * node + 1] as number) + share * (column - (shifts.data[2 * k + 1] as number));
    });
  }
  return { positions: sums.map((sum, k) => sum / (mass[k >> 1] as number)), logLikelihood, mass };
}

describe('fitPatternMixture(maps, options)', () => {
  test('each step is that of expectation-maximisation', () => {
    let at: readonly number[] = [...positions.data];
    const likelihoods: number[] = [];
    for (let steps = 0; steps <= 3; steps++) {
      const found = fitPatternMixture(maps, { ...given, steps });
      found.positions.data.forEach((value, k) => {
        expect(value).toBeCloseTo(at[k] as number, 9);
      });
      const next = plainStep(at);
      likelihoods.push(next.logLikelihood);
      expect(found.logLikelihood).toHaveLength(steps + 1);
      found.logLikelihood.forEach((value, step) => {
        expect(value).toBeCloseTo(likelihoods[step] as number, 8);
      });
      next.mass.forEach((mass, node) => {
        expect(found.mass[node]).toBeCloseTo(mass, 10);
      });
      at = next.positions;
    }
  });

  test('a node is where its response times its density is greatest', () => {
    const { peaks, scores } = fitPatternMixture(maps, { ...given, steps: 0 });
    for (let node = 0; node < nodes; node++) {
      for (let image = 0; image < images; image++) {
        const own = seen.filter((one) => one.image === image);
        const values = own.map(({ value, ...one }) => value * density([...positions.data], { node, ...one }));
        const best = values.indexOf(Math.max(...values));
        const k = node * images + image;
        expect(scores.data[k]).toBeCloseTo(values[best] as number, 12);
        expect(peaks.data[2 * k]).toBe(own[best]?.row);
        expect(peaks.data[2 * k + 1]).toBe(own[best]?.column);
      }
    }
  });

  test('where nothing is positive a node is where it is expected, with a score of 0, and stays', () => {
    const dark = { shape: [1, 2, 2], data: new Float32Array(4).fill(-1) };
    const found = fitPatternMixture(dark, { centre: 0, jump: 1, positions, sigma: 2, noneDensity });
    expect([...found.positions.data]).toEqual([...positions.data]);
    expect([...found.peaks.data]).toEqual([...positions.data]);
    expect([...found.scores.data, ...found.mass, ...found.spread]).toEqual(new Array(6).fill(0));
  });
});

test('an interpolated peak is the top of the parabola through three scores, at the border the pixel itself', () => {
  const grid = { size: [3, 3], centre: [0, 0], jump: [2, 4] } as const;
  const wide = { positions: Float64Array.of(2, 4), variances: Float64Array.of(1e12), noneDensity: 1e-6 };
  // The density is the same everywhere: scores are in proportion to responses.
  const middle = responsesOf([0, 3, 0, 1, 4, 2, 0, 0, 0], 1, grid);
  const { positions: top } = atOnce(peaksOf(middle, wide, 'interpolated'));
  // Of 3, 4, 0 along rows and 1, 4, 2 along columns: (before − after) / 2(before − 2 · best + after) steps.
  expect(top[0]).toBeCloseTo(2 + 2 * (3 / (2 * -5)), 6);
  expect(top[1]).toBeCloseTo(4 + 4 * (-1 / (2 * -5)), 6);
  expect([...atOnce(peaksOf(middle, wide, 'unit')).positions]).toEqual([2, 4]);
  const corner = responsesOf([5, 3, 0, 1, 0, 0, 0, 0, 0], 1, grid);
  expect([...atOnce(peaksOf(corner, wide, 'interpolated')).positions]).toEqual([0, 0]);
});

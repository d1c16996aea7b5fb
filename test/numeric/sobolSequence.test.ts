import { describe, expect, test } from 'vitest';
import { type Random, random } from '../../src/numeric/random.ts';
import { primitivePolynomials, sobolSequence } from '../../src/numeric/sobolSequence.ts';

/** No shift, and 1 for every initial number. */
const zeros: Random = { uniform: () => 0, normal: () => 0, integer: () => 0 };

test('primitivePolynomials: the tabulated ones, and as many of each degree as φ(2^d − 1) / d', () => {
  // x + 1, x² + x + 1, x³ + x + 1, x³ + x² + 1, x⁴ + x + 1, x⁴ + x³ + 1
  expect(primitivePolynomials(6)).toEqual([0b11, 0b111, 0b1011, 0b1101, 0b10011, 0b11001]);
  const counts = [1, 1, 2, 2, 6, 6, 18, 16, 48, 60];
  const all = primitivePolynomials(counts.reduce((a, b) => a + b));
  const degrees = all.map((polynomial) => Math.floor(Math.log2(polynomial)));
  expect(counts.map((_, i) => degrees.filter((degree) => degree === i + 1).length)).toEqual(counts);
  expect(primitivePolynomials(0)).toEqual([]);
});

describe('sobolSequence', () => {
  test('the first two coordinates are the published ones', () => {
    const points = sobolSequence(8, 2, zeros);
    const coordinate = (dimension: number): number[] =>
      Array.from({ length: 8 }, (_, i) => points[2 * i + dimension] as number);
    expect(coordinate(0)).toEqual([0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125]);
    expect(coordinate(1)).toEqual([0, 0.5, 0.25, 0.75, 0.375, 0.875, 0.125, 0.625]);
  });

  test.each([1, 2, 32, 256])('each coordinate has one of %i points in each of as many intervals', (count) => {
    const dimensions = 130;
    const points = sobolSequence(count, dimensions, random(4));
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const strata = Array.from({ length: count }, (_, i) =>
        Math.floor((points[i * dimensions + dimension] as number) * count),
      );
      expect(new Set(strata).size).toBe(count);
    }
  });

  test('the first two coordinates: one of 16 points in each rectangle of area 1/16', () => {
    const points = sobolSequence(16, 2, random(1));
    for (const wide of [1, 2, 4, 8, 16]) {
      const cells = Array.from({ length: 16 }, (_, i) => [
        Math.floor((points[2 * i] as number) * wide),
        Math.floor((points[2 * i + 1] as number) * (16 / wide)),
      ]);
      expect(new Set(cells.map(String)).size).toBe(16);
    }
  });

  test('integrates a product better than random points', () => {
    const [count, dimensions] = [1024, 6];
    const error = (points: ArrayLike<number>): number => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        let product = 1;
        for (let d = 0; d < dimensions; d++) product *= 0.5 + (points[i * dimensions + d] as number);
        sum += product / count;
      }
      return Math.abs(sum - 1);
    };
    const errors = (make: (seed: number) => ArrayLike<number>): number =>
      Array.from({ length: 20 }, (_, seed) => error(make(seed)) / 20).reduce((a, b) => a + b);
    const plain = errors((seed) => {
      const { uniform } = random(seed);
      return Float64Array.from({ length: count * dimensions }, uniform);
    });
    expect(errors((seed) => sobolSequence(count, dimensions, random(seed)))).toBeLessThan(plain / 5);
  });

  test('another source shifts it elsewhere', () => {
    expect(sobolSequence(4, 3, random(1))).toEqual(sobolSequence(4, 3, random(1)));
    expect(sobolSequence(4, 3, random(1))).not.toEqual(sobolSequence(4, 3, random(2)));
  });
});

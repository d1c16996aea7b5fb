import fc from 'fast-check';
import { determinant, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { type Random, random } from '../../src/numeric/random.ts';
import { haarRotation } from '../../src/numeric/rotation/haarRotation.ts';
import { type RotationPlanes, rotationPlanes } from '../../src/numeric/rotation/rotationPlanes.ts';
import { rotationPower } from '../../src/numeric/rotation/rotationPower.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import { dissectionGoldens } from '../support/dissectionGoldens.ts';
import { expectNear } from '../support/near.ts';

const goldens = await dissectionGoldens();

function matrixOf({ shape, data }: NdArray<Float64Array>): Matrix {
  return Matrix.from1DArray(shape[0] as number, shape[1] as number, data);
}

function arrayOf(matrix: Matrix): NdArray<Float64Array> {
  return { shape: [matrix.rows, matrix.columns], data: Float64Array.from(matrix.to1DArray()) };
}

const rotationOf = (n: number, source: Random): NdArray<Float64Array> => atOnce(haarRotation(n, source));
const planesOf = (rotation: NdArray<Float64Array>): RotationPlanes => atOnce(rotationPlanes(rotation));
const powerOf = (planes: RotationPlanes, alpha: number): NdArray<Float64Array> => atOnce(rotationPower(planes, alpha));

function power(rotation: NdArray<Float64Array>, alpha: number): NdArray<Float64Array> {
  return powerOf(planesOf(rotation), alpha);
}

function gap(a: Matrix, b: Matrix): number {
  return Matrix.sub(a, b).abs().max();
}

function gapFromIdentity(matrix: Matrix): number {
  return gap(matrix, Matrix.eye(matrix.rows));
}

/** A rotation by these angles in random planes, with these values beside them. */
function rotationBy(angles: readonly number[], others: readonly number[], seed = 0): NdArray<Float64Array> {
  const size = 2 * angles.length + others.length;
  const blocks = Matrix.eye(size);
  angles.forEach((angle, i) => {
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    blocks.setSubMatrix(
      [
        [cosine, -sine],
        [sine, cosine],
      ],
      2 * i,
      2 * i,
    );
  });
  others.forEach((value, i) => blocks.set(2 * angles.length + i, 2 * angles.length + i, value));
  const basis = matrixOf(rotationOf(size, random(seed)));
  return arrayOf(basis.mmul(blocks).mmul(basis.transpose()));
}

describe('haarRotation', () => {
  test.each([1, 2, 3, 10, 64])('is a rotation of %i dimensions', (n) => {
    const rotation = matrixOf(rotationOf(n, random(n)));
    expect(gapFromIdentity(rotation.mmul(rotation.transpose()))).toBeLessThan(1e-13);
    expect(determinant(rotation)).toBeCloseTo(1, 10);
  });

  test('has the moments of Haar measure', () => {
    // Of SO(3): E q² = 1/3, E (trace)² = 1, E trace = 0; of one entry alone E q⁴ = 3 / (n (n + 2)).
    const draws = Array.from({ length: 4000 }, (_, i) => rotationOf(3, random(7, i)).data);
    const mean = (of: (rotation: Float64Array) => number): number =>
      draws.reduce((sum, rotation) => sum + of(rotation), 0) / draws.length;
    const trace = (rotation: Float64Array): number => [0, 4, 8].reduce((sum, i) => sum + (rotation[i] as number), 0);
    for (let place = 0; place < 9; place++) {
      expect(mean((rotation) => rotation[place] as number)).toBeCloseTo(0, 1);
      expect(mean((rotation) => (rotation[place] as number) ** 2)).toBeCloseTo(1 / 3, 1);
      expect(mean((rotation) => (rotation[place] as number) ** 4)).toBeCloseTo(1 / 5, 1);
    }
    expect(mean(trace)).toBeCloseTo(0, 1);
    expect(mean((rotation) => trace(rotation) ** 2)).toBeCloseTo(1, 0);
  });

  test('depends on the source alone', () => {
    expect(rotationOf(5, random(3))).toEqual(rotationOf(5, random(3)));
    expect(rotationOf(5, random(3))).not.toEqual(rotationOf(5, random(4)));
  });
});

test.each(goldens.ofMethod('rotation-power'))('$id', ({ params, expected }) => {
  const rows = params['Q'] as number[][];
  const rotation = arrayOf(new Matrix(rows));
  (params['alphas'] as number[]).forEach((alpha, i) => {
    const found = power(rotation, alpha);
    expectNear(found.data, (expected['powers'] as number[][][])[i]?.flat() as number[], 1e-12);
  });
});

describe('rotationPower', () => {
  const angle = fc.oneof(
    fc.double({ min: -3.1, max: 3.1, noNaN: true }),
    fc.constantFrom(0, 1, 1 + 1e-12, 1 + 1e-8, Math.PI / 2, 1e-9, 1e-15, Math.PI, Math.PI - 1e-9, 2 - Math.PI),
  );
  const pairs = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }));
  const rotations = fc
    .tuple(fc.array(angle, { minLength: 1, maxLength: 12 }), pairs, fc.nat(1000))
    .map(([angles, [ones, halfTurns], seed]) =>
      rotationBy(angles, [...new Array(ones).fill(1), ...new Array(2 * halfTurns).fill(-1)], seed),
    );
  const exponent = fc.double({ min: -2, max: 2, noNaN: true });

  test('0 is the identity, 1 the rotation, and all powers are rotations, also with equal and nearly equal angles', () => {
    fc.assert(
      fc.property(rotations, exponent, (rotation, alpha) => {
        const planes = planesOf(rotation);
        expect(powerOf(planes, 0)).toEqual(arrayOf(Matrix.eye(planes.size)));
        expect(gap(matrixOf(powerOf(planes, 1)), matrixOf(rotation))).toBeLessThan(1e-13);
        const found = matrixOf(powerOf(planes, alpha));
        expect(gapFromIdentity(found.mmul(found.transpose()))).toBeLessThan(1e-13);
        expect(determinant(found)).toBeCloseTo(1, 10);
      }),
      { numRuns: 60 },
    );
  });

  test('powers compose', () => {
    fc.assert(
      fc.property(rotations, exponent, exponent, (rotation, alpha, beta) => {
        const planes = planesOf(rotation);
        const product = matrixOf(powerOf(planes, alpha)).mmul(matrixOf(powerOf(planes, beta)));
        expect(gap(product, matrixOf(powerOf(planes, alpha + beta)))).toBeLessThan(1e-13);
      }),
      { numRuns: 60 },
    );
  });

  test.each([2, 5, 64, 160])('of a random rotation of %i dimensions', (n) => {
    const rotation = rotationOf(n, random(2, n));
    const planes = planesOf(rotation);
    expect(planes.planes).toHaveLength(Math.floor(n / 2));
    expect(gap(matrixOf(powerOf(planes, 1)), matrixOf(rotation))).toBeLessThan(1e-13);
    const half = matrixOf(powerOf(planes, 0.5));
    expect(gap(half.mmul(half), matrixOf(rotation))).toBeLessThan(1e-13);
  });

  test('keeps the sense of each turn', () => {
    for (const turn of [2, -2]) {
      const { data } = power(rotationBy([turn], []), 0.5);
      const found = Math.atan2(data[2] as number, data[0] as number);
      expect(found).toBeCloseTo(turn / 2, 12);
    }
  });

  test('permutations, whose shifts go round in circles', () => {
    for (const n of [3, 9, 33]) {
      const cycle = Matrix.zeros(n, n);
      for (let i = 0; i < n; i++) cycle.set((i + 1) % n, i, 1);
      expect(gap(matrixOf(power(arrayOf(cycle), 1)), cycle)).toBeLessThan(1e-13);
      expect(gap(matrixOf(power(arrayOf(cycle), n)), Matrix.eye(n))).toBeLessThan(1e-12);
    }
  });

  test('vectors turned round go together, half way', () => {
    const half = matrixOf(power(arrayOf(Matrix.eye(4).mul(-1)), 0.5));
    expect(gap(half.mmul(half), Matrix.eye(4).mul(-1))).toBeLessThan(1e-14);
  });
});

test.each<[string, Matrix, string]>([
  ['a reflection', Matrix.diag([1, -1, 1]), '"rotation" expected determinant 1, got −1'],
  ['no orthogonal matrix', Matrix.eye(2).set(0, 1, 0.1), '"rotation" expected an orthogonal matrix'],
  ['no square', Matrix.eye(2, 3), '"rotation" expected a square matrix, got shape [2, 3]'],
  ['NaN', Matrix.eye(2).mul(Number.NaN), '"rotation" expected finite numbers, got NaN at [0, 0]'],
])('%s is refused', (_name, matrix, message) => {
  expect(() => planesOf(arrayOf(matrix))).toThrow(message);
});

test('a reflection hidden in a block of two rows is refused', () => {
  const reflected = matrixOf(rotationOf(6, random(1))).mulRow(2, -1);
  expect(() => planesOf(arrayOf(reflected))).toThrow('"rotation" expected determinant 1, got −1');
});

test('a power that is no number is refused', () => {
  expect(() => power(rotationOf(2, random(0)), Number.NaN)).toThrow('"alpha" expected a finite number, got NaN');
});

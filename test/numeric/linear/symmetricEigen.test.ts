import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from '../../../src/numeric/linear/symmetricEigen.ts';
import { random } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';

const { normal } = random(3);
const ofRank = (n: number, rank: number): Matrix => {
  const rows = Matrix.from1DArray(n, rank, Array.from({ length: n * rank }, normal));
  return rows.mmul(rows.transpose());
};

describe('symmetricEigen(matrix, n)', () => {
  test.each<[string, Matrix]>([
    ['one number', new Matrix([[-3]])],
    [
      'two rows',
      new Matrix([
        [1, 2],
        [2, -1],
      ]),
    ],
    ['full rank', ofRank(30, 30)],
    ['a rank far below the size', ofRank(60, 5)],
    ['a rank far below the size, of small numbers', ofRank(60, 5).mul(1e-12)],
    ['equal values', Matrix.eye(12).mul(2)],
    ['zeros', Matrix.zeros(7, 7)],
    ['values of both signs', ofRank(20, 20).sub(ofRank(20, 20))],
  ])('%s: values and vectors', (_, matrix) => {
    const n = matrix.rows;
    const { values, vectors } = atOnce(symmetricEigen(Float64Array.from(matrix.to1DArray()), n));
    const known = new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues;
    const scale = Math.max(...known.map(Math.abs)) || 1;
    const sorted = (list: ArrayLike<number>): number[] =>
      Array.from(list, (value) => value / scale).sort((a, b) => a - b);
    sorted(values).forEach((value, i) => expect(value).toBeCloseTo(sorted(known)[i] as number, 12));
    const basis = Matrix.from1DArray(n, n, vectors);
    expect(basis.mmul(basis.transpose()).sub(Matrix.eye(n)).abs().max()).toBeLessThan(1e-12);
    const left = basis.mmul(matrix).sub(Matrix.diag([...values]).mmul(basis));
    expect(left.abs().max() / scale).toBeLessThan(1e-12);
  });

  test('numbers that are not finite are refused', () => {
    const matrix = Float64Array.of(1, Number.NaN, 0, Number.NaN, 1, 1, 0, 1, 2);
    expect(() => atOnce(symmetricEigen(matrix, 3))).toThrow('no eigenvalue of the matrix');
  });
});

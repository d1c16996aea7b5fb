import { expect, test } from 'vitest';
import { leadingComponent } from '../../src/numeric/leadingComponent.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';

const matrixOf = (shape: readonly number[], values: Iterable<number>): NdArray<Float64Array> => ({
  shape,
  data: Float64Array.from(values),
});

function randomMatrix(rows: number, columns: number): NdArray<Float64Array> {
  const { normal } = random(0, rows, columns);
  return matrixOf([rows, columns], Float64Array.from({ length: rows * columns }, normal));
}

const closeTo = (values: Float64Array, expected: readonly number[], digits: number): void => {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, digits));
};

test('leadingComponent(matrix, { center: true }) gives the known component of two channels', () => {
  const { direction, projection, singularValues } = leadingComponent(matrixOf([4, 2], [1, 0, 2, 4, 3, 1, 0, 2]), {
    center: true,
  });
  closeTo(direction, [0.1299, 0.9915], 4);
  closeTo(projection, [-1.8001, 2.2959, -0.5487, 0.053], 4);
  closeTo(singularValues, [2.969, 2.221], 3);
});

test('leadingComponent(matrix) finds a direction of rank one, with the sign of its sum', () => {
  const rows = [1, -2, -4];
  const columns = [0.6, 0, 0.8];
  const { direction, projection, singularValues } = leadingComponent(
    matrixOf(
      [3, 3],
      rows.flatMap((row) => columns.map((column) => row * column)),
    ),
  );
  closeTo(direction, [-0.6, 0, -0.8], 12);
  closeTo(projection, [-1, 2, 4], 12);
  expect(singularValues[0]).toBeCloseTo(Math.sqrt(21), 12);
});

test('leadingComponent() is the same from the rows and from the columns of a matrix', () => {
  for (const [rows, columns] of [
    [5, 40],
    [40, 5],
    [6, 6],
  ] as const) {
    const matrix = randomMatrix(rows, columns);
    const { direction, projection, singularValues } = leadingComponent(matrix);
    // A v has length sigma, and A^T A v = sigma^2 v.
    const sigma = singularValues[0] as number;
    expect(Math.hypot(...projection)).toBeCloseTo(sigma, 10);
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
    direction.forEach((value, column) => {
      const back = projection.reduce((sum, p, row) => sum + p * (matrix.data[row * columns + column] as number), 0);
      expect(back).toBeCloseTo(sigma * sigma * value, 9);
    });
    const squares = matrix.data.reduce((sum, value) => sum + value * value, 0);
    expect(singularValues.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(squares, 8);
    expect(singularValues).toHaveLength(Math.min(rows, columns));
  }
});

test('leadingComponent() of 49 positions and 1280 channels needs only the small Gram matrix', () => {
  const { singularValues, direction } = leadingComponent(randomMatrix(49, 1280), { center: true });
  expect(singularValues).toHaveLength(49);
  expect(singularValues[48]).toBeLessThan(1e-5);
  expect(direction).toHaveLength(1280);
});

test('leadingComponent() of a matrix without variation is zero', () => {
  for (const shape of [
    [2, 3],
    [3, 2],
  ]) {
    const { direction, projection } = leadingComponent(matrixOf(shape, new Array(6).fill(0.1)), { center: true });
    closeTo(direction, new Array(shape[1]).fill(0), 15);
    closeTo(projection, new Array(shape[0]).fill(0), 15);
  }
});

test('leadingComponent() refuses other ranks and numbers that are not finite', () => {
  expect(() => leadingComponent(matrixOf([4], [1, 2, 3, 4]))).toThrow(
    new RangeError('"matrix" expected rank 2, got shape [4]'),
  );
  expect(() => leadingComponent(matrixOf([2, 2], [1, 2, Number.NaN, 4]))).toThrow(
    '"matrix" expected finite numbers, got NaN at [1, 0]',
  );
});

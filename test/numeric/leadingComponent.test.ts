import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { expect, test } from 'vitest';
import { VitrineError } from '../../src/numeric/errors.ts';
import { type LeadingComponent, leadingComponent } from '../../src/numeric/linear/leadingComponent.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';

const matrixOf = (shape: readonly number[], values: Iterable<number>): NdArray<Float64Array> => ({
  shape,
  data: Float64Array.from(values),
});

const componentOf = (matrix: NdArray<Float64Array>, options?: { readonly center: boolean }): LeadingComponent =>
  atOnce(leadingComponent(matrix, options));

function randomMatrix(rows: number, columns: number): NdArray<Float64Array> {
  const { normal } = random(0, rows, columns);
  return matrixOf([rows, columns], Float64Array.from({ length: rows * columns }, normal));
}

const closeTo = (values: Float64Array, expected: readonly number[], digits: number): void => {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, digits));
};

test('leadingComponent(matrix, { center: true }) gives the known component of two channels', () => {
  const { direction, projection } = componentOf(matrixOf([4, 2], [1, 0, 2, 4, 3, 1, 0, 2]), { center: true });
  closeTo(direction, [0.1299, 0.9915], 4);
  closeTo(projection, [-1.8001, 2.2959, -0.5487, 0.053], 4);
});

test('leadingComponent(matrix) finds a direction of rank one, with the sign of its sum', () => {
  const rows = [1, -2, -4];
  const columns = [0.6, 0, 0.8];
  const { direction, projection } = componentOf(
    matrixOf(
      [3, 3],
      rows.flatMap((row) => columns.map((column) => row * column)),
    ),
  );
  closeTo(direction, [-0.6, 0, -0.8], 12);
  closeTo(projection, [-1, 2, 4], 12);
});

test.each([
  [5, 40],
  [40, 5],
  [6, 6],
  [1, 7],
  [7, 1],
  [120, 90],
])('leadingComponent() of %i rows and %i columns is the first singular vector', (rows, columns) => {
  const matrix = randomMatrix(rows, columns);
  const { direction, projection } = componentOf(matrix);
  const [sigma] = new SingularValueDecomposition(Matrix.from1DArray(rows, columns, matrix.data), {
    autoTranspose: true,
  }).diagonal as [number];
  expect(Math.hypot(...projection)).toBeCloseTo(sigma, 10);
  expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
  // A^T A v = sigma^2 v.
  direction.forEach((value, column) => {
    const back = projection.reduce((sum, p, row) => sum + p * (matrix.data[row * columns + column] as number), 0);
    expect(back).toBeCloseTo(sigma * sigma * value, 8);
  });
});

test('leadingComponent() finds the strongest direction where the longest row is perpendicular to it', () => {
  const { direction } = componentOf(matrixOf([7, 2], [0, 2, ...new Array(6).fill([1, 0]).flat()]));
  closeTo(direction, [1, 0], 12);
});

test('leadingComponent() tells directions of nearly the same strength apart', () => {
  const { direction } = componentOf(matrixOf([3, 3], [1, 0, 0, 0, 1 + 1e-6, 0, 0, 0, 1 - 1e-6]));
  closeTo(direction, [0, 1, 0], 6);
});

test('leadingComponent() of 784 positions and 512 channels takes far less than a Gram matrix', () => {
  let most = 0;
  let work = 0;
  const steps = leadingComponent(randomMatrix(784, 512), { center: true });
  for (let step = steps.next(); !step.done; step = steps.next()) {
    work += step.value;
    most = Math.max(most, step.value);
  }
  // That would be 784 · 512² operations.
  expect(work).toBeLessThan(784 * 512 ** 2);
  expect(most).toBeLessThan(1e6);
});

test('leadingComponent() of a matrix without variation is zero', () => {
  for (const shape of [
    [2, 3],
    [3, 2],
  ]) {
    const { direction, projection } = componentOf(matrixOf(shape, new Array(6).fill(0.1)), { center: true });
    closeTo(direction, new Array(shape[1]).fill(0), 15);
    closeTo(projection, new Array(shape[0]).fill(0), 15);
  }
  closeTo(componentOf(matrixOf([2, 3], new Array(6).fill(0))).direction, [0, 0, 0], 15);
});

test('leadingComponent() refuses other ranks and numbers that are not finite', () => {
  expect(() => componentOf(matrixOf([4], [1, 2, 3, 4]))).toThrow(
    new VitrineError('bad-shape', '"matrix" expected rank 2, got shape [4]'),
  );
  expect(() => componentOf(matrixOf([2, 2], [1, 2, Number.NaN, 4]))).toThrow(
    '"matrix" expected finite numbers, got NaN at [1, 0]',
  );
});

import type { LinearSystem } from '../../../numeric/linear/conjugateGradient.ts';
import { times, transposedTimes } from '../../../numeric/linear/factorProducts.ts';
import { atOnce, forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import type { HeadPlace, HeadProblem } from './headProblem.ts';
import { linearLosses } from './linearLosses.ts';

/** Writes the product of a matrix with a vector. */
export type Multiply = LinearSystem['multiply'];

/**
 * Products with the curvature of a linear model's mean loss, with its penalty and a damping,
 * $\frac1n \sum_i a_i a_i^T \otimes B_i + (\lambda + \delta) I$; the matrix is never formed.
 */
export function curvatureProduct(
  { features, units, penalty, loss }: HeadProblem,
  { expected }: Pick<HeadPlace, 'expected'>,
  damping: number,
): Multiply {
  const { curve } = linearLosses[loss];
  return (vector, product) => {
    const moved = atOnce(times(features, vector, units));
    for (let row = 0; row < features.rows; row++) {
      const [from, to] = [row * units, (row + 1) * units];
      curve(expected.subarray(from, to), moved.subarray(from, to));
    }
    const curved = atOnce(transposedTimes(features, moved, units));
    for (let i = 0; i < product.length; i++)
      product[i] = (curved[i] as number) / features.rows + (penalty + damping) * (vector[i] as number);
  };
}

/** The same as a matrix, of which the lower half is made. */
export function* headHessian(
  { features, units, loss, penalty }: HeadProblem,
  { expected }: HeadPlace,
  damping: number,
): Sliced<Float64Array> {
  const { rows, columns, values } = features;
  const size = columns * units;
  const matrix = new Float64Array(size * size);
  const block = new Float64Array(units * units);
  yield* forEachOf(rows, (size * size) / 2, (row) => {
    curvedUnits(linearLosses[loss].curve, expected.subarray(row * units, (row + 1) * units), block);
    const own = row * columns;
    for (let column = 0; column < columns; column++) {
      const value = (values[own + column] as number) / rows;
      if (value === 0) continue;
      for (let other = 0; other <= column; other++) {
        const product = value * (values[own + other] as number);
        if (product === 0) continue;
        for (let k = 0; k < units; k++) {
          const at = (column * units + k) * size + other * units;
          for (let m = 0; m < units; m++) matrix[at + m]! += product * (block[k * units + m] as number);
        }
      }
    }
  });
  for (let i = 0; i < size; i++) matrix[i * size + i]! += penalty + damping;
  return matrix;
}

/** B of an example: what `curve` makes of each unit vector. */
function curvedUnits(
  curve: (expected: Float64Array, change: Float64Array) => void,
  expected: Float64Array,
  block: Float64Array,
): void {
  const units = expected.length;
  block.fill(0);
  for (let k = 0; k < units; k++) {
    block[k * units + k] = 1;
    curve(expected, block.subarray(k * units, (k + 1) * units));
  }
}

/** The diagonal of it. */
export function curvatureDiagonal(
  { features, units, loss, penalty }: HeadProblem,
  { expected }: Pick<HeadPlace, 'expected'>,
  damping: number,
): Float64Array {
  const { rows, columns, values } = features;
  const diagonal = new Float64Array(columns * units).fill(penalty + damping);
  const block = new Float64Array(units * units);
  for (let row = 0; row < rows; row++) {
    curvedUnits(linearLosses[loss].curve, expected.subarray(row * units, (row + 1) * units), block);
    for (let column = 0; column < columns; column++) {
      const square = (values[row * columns + column] as number) ** 2 / rows;
      if (square === 0) continue;
      for (let k = 0; k < units; k++) diagonal[column * units + k]! += square * (block[k * units + k] as number);
    }
  }
  return diagonal;
}

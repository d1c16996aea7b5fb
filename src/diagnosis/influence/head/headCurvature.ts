import { curvedUnits, type LinearCurvature, linearCurvature } from '../../../numeric/linear/linearCurvature.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import type { HeadPlace, HeadProblem } from './headProblem.ts';

/**
 * The curvature of a head's mean loss, with its penalty and a damping, $\frac1n \sum_i a_i a_i^T \otimes B_i + (\lambda + \delta) I$: products
 * with it and its diagonal.
 */
export function headCurvature(
  { features, units, penalty, loss }: HeadProblem,
  { expected }: Pick<HeadPlace, 'expected'>,
  damping: number,
): LinearCurvature {
  return linearCurvature({
    features,
    units,
    loss,
    expected,
    shareOf: () => 1 / features.rows,
    penaltyOf: () => penalty + damping,
  });
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
    curvedUnits(loss, expected.subarray(row * units, (row + 1) * units), block);
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

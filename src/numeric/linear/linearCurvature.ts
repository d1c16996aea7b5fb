import { forEachOf, type Sliced } from '../sliced.ts';
import { type Matrix, times, transposedTimes } from './factorProducts.ts';
import { type LinearLossName, linearLosses } from './linearLosses.ts';

/** A linear model where its curvature is asked for. */
export interface CurvedModel {
  readonly features: Matrix;
  readonly units: number;
  readonly loss: LinearLossName;
  /** What the model expects of each example, `[rows × units]`. */
  readonly expected: Float64Array;
  /** What an example counts in the mean, 1/n where all count alike. */
  readonly shareOf: (row: number) => number;
  /** What is added to the curvature of a weight. */
  readonly penaltyOf: (place: number) => number;
}

/** A curvature, that of so many weights. */
export interface LinearCurvature {
  /** Writes the product with weights to `product`. */
  readonly multiply: (vector: Float64Array, product: Float64Array) => Sliced<void>;
  /** Made each time that it is asked for. */
  readonly diagonal: Float64Array;
}

/**
 * The curvature of a linear model's mean loss, $\sum_i s_i\, a_i a_i^T \otimes B_i + \mathrm{diag}\,\lambda$, as its product with weights and its
 * diagonal; the matrix is never formed.
 */
export function linearCurvature(model: CurvedModel): LinearCurvature {
  const { features, units, loss, expected, shareOf, penaltyOf } = model;
  const { curve } = linearLosses[loss];
  return {
    get diagonal() {
      return diagonalOf(model);
    },
    *multiply(vector, product) {
      const moved = yield* times(features, vector, units);
      yield* forEachOf(features.rows, 5 * units, (row) => {
        const [from, to] = [row * units, (row + 1) * units];
        const change = moved.subarray(from, to);
        curve(expected.subarray(from, to), change);
        const share = shareOf(row);
        for (let k = 0; k < units; k++) change[k]! *= share;
      });
      const curved = yield* transposedTimes(features, moved, units);
      for (let i = 0; i < product.length; i++)
        product[i] = (curved[i] as number) + penaltyOf(i) * (vector[i] as number);
    },
  };
}

/** B of an example, `[units × units]`: what its loss's curve makes of each unit vector. */
export function curvedUnits(loss: LinearLossName, expected: Float64Array, block: Float64Array): void {
  const units = expected.length;
  block.fill(0);
  for (let k = 0; k < units; k++) {
    block[k * units + k] = 1;
    linearLosses[loss].curve(expected, block.subarray(k * units, (k + 1) * units));
  }
}

function diagonalOf({ features, units, loss, expected, shareOf, penaltyOf }: CurvedModel): Float64Array {
  const { rows, columns, values } = features;
  const diagonal = Float64Array.from({ length: columns * units }, (_, place) => penaltyOf(place));
  const block = new Float64Array(units * units);
  for (let row = 0; row < rows; row++) {
    curvedUnits(loss, expected.subarray(row * units, (row + 1) * units), block);
    for (let column = 0; column < columns; column++) {
      const square = (values[row * columns + column] as number) ** 2 * shareOf(row);
      if (square === 0) continue;
      for (let k = 0; k < units; k++) diagonal[column * units + k]! += square * (block[k * units + k] as number);
    }
  }
  return diagonal;
}

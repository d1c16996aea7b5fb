import type { Matrix } from '../../numeric/linear/factorProducts.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';

/** A table of features, whose columns have the mean 0. */
export interface Centered extends Matrix {
  readonly values: Float64Array;
}

/** Features less their mean; far from 0 products of them would lose digits. */
export function* centeredFeatures({ shape, data }: NdArray<TypedArray>): Sliced<Centered> {
  const [rows, columns] = shape as readonly [number, number];
  const mean = new Float64Array(columns);
  const values = new Float64Array(data.length);
  yield* forEachOf(rows, columns, (i) => {
    for (let k = 0; k < columns; k++) mean[k]! += ((data[i * columns + k] as number) - (data[k] as number)) / rows;
  });
  yield* forEachOf(rows, columns, (i) => {
    for (let k = 0; k < columns; k++) {
      values[i * columns + k] = (data[i * columns + k] as number) - (data[k] as number) - (mean[k] as number);
    }
  });
  return { rows, columns, values };
}

import { forEachOf, type Sliced } from '../sliced.ts';

/** Numbers that are not negative, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** `[rows × columns]` */
  readonly values: ArrayLike<number>;
}

/** $V^T W$, `[columns × count]`. */
export function* transposedTimes(
  { rows, columns, values }: Matrix,
  weights: Float64Array,
  count: number,
): Sliced<Float64Array> {
  const product = new Float64Array(columns * count);
  yield* forEachOf(rows, columns * count, (row) => {
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const value = values[at] as number;
      // Behind a ReLU most are.
      if (value === 0) continue;
      for (let k = 0; k < count; k++) product[column * count + k]! += value * (weights[row * count + k] as number);
    }
  });
  return product;
}

/** $V H^T$, `[rows × count]`. */
export function* times({ rows, columns, values }: Matrix, parts: Float64Array, count: number): Sliced<Float64Array> {
  const product = new Float64Array(rows * count);
  yield* forEachOf(rows, columns * count, (row) => {
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const value = values[at] as number;
      if (value === 0) continue;
      for (let k = 0; k < count; k++) product[row * count + k]! += value * (parts[column * count + k] as number);
    }
  });
  return product;
}

/** The products of the columns of a factor with each other, `[count × count]`. */
export function* gramOf(factor: Float64Array, count: number): Sliced<Float64Array> {
  const gram = new Float64Array(count * count);
  yield* forEachOf(factor.length / count, count * count, (row) => {
    for (let k = 0; k < count; k++) {
      const value = factor[row * count + k] as number;
      for (let other = 0; other < count; other++)
        gram[k * count + other]! += value * (factor[row * count + other] as number);
    }
  });
  return gram;
}

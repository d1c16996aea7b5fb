import type { Matrix } from '../../numeric/linear/factorProducts.ts';
import { dot } from '../../numeric/linear/vectors.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';

/** What the Hilbert–Schmidt criterion of two Gram matrices K and L is made of. */
export interface PairSums {
  readonly count: number;
  /** $\sum_{ij} K_{ij} L_{ij}$ */
  readonly products: number;
  /** $\sum_i (\sum_j K_{ij}) (\sum_j L_{ij})$ */
  readonly rows: number;
  /** $\sum_{ij} K_{ij}$ and $\sum_{ij} L_{ij}$ */
  readonly totals: readonly [number, number];
}

/** The sums of each with the other and with itself. */
export interface Compared {
  readonly between: PairSums;
  readonly first: PairSums;
  readonly second: PairSums;
}

/**
 * The sums over all pairs of examples; the Gram matrices are never held.
 *
 * @param isDiagonalZero whether an example is no pair with itself.
 */
export function* comparedByPairs(a: Matrix, b: Matrix, isDiagonalZero: boolean): Sliced<Compared> {
  const [ab, aa, bb] = [0, 0, 0].map(() => ({ products: 0 })) as [Sum, Sum, Sum];
  const [rowsOfA, rowsOfB] = [new Float64Array(a.rows), new Float64Array(a.rows)];
  const include = (i: number, j: number): void => {
    const [k, l] = [product(a, i, j), product(b, i, j)];
    const times = i === j ? 1 : 2;
    ab.products += times * k * l;
    aa.products += times * k * k;
    bb.products += times * l * l;
    rowsOfA[i]! += k;
    rowsOfB[i]! += l;
    if (i === j) return;
    rowsOfA[j]! += k;
    rowsOfB[j]! += l;
  };
  yield* forEachOf(a.rows, (a.rows * (a.columns + b.columns)) / 2, (i) => {
    for (let j = i + (isDiagonalZero ? 1 : 0); j < a.rows; j++) include(i, j);
  });
  const [totalA, totalB] = [sumOf(rowsOfA), sumOf(rowsOfB)];
  const of = (
    { products }: Sum,
    own: Float64Array,
    other: Float64Array,
    totals: readonly [number, number],
  ): PairSums => ({
    count: a.rows,
    products,
    rows: dot(own, other),
    totals,
  });
  return {
    between: of(ab, rowsOfA, rowsOfB, [totalA, totalB]),
    first: of(aa, rowsOfA, rowsOfA, [totalA, totalA]),
    second: of(bb, rowsOfB, rowsOfB, [totalB, totalB]),
  };
}

interface Sum {
  products: number;
}

function product({ columns, values }: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let k = 0, a = i * columns, b = j * columns; k < columns; k++, a++, b++) {
    sum += (values[a] as number) * (values[b] as number);
  }
  return sum;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

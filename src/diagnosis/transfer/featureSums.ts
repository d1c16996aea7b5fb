import { dot } from '../../numeric/linear/vectors.ts';
import type { Compared, PairSums } from './pairSums.ts';

/** The features of examples under two networks, of which only sums are kept. */
export interface FeatureSums {
  /** Adds an example. */
  add(first: ArrayLike<number>, second: ArrayLike<number>): void;
  /** What all pairs of examples add up to. */
  compared(isDiagonalZero: boolean): Compared;
}

/**
 * Starts with no example, of features of two lengths. With $k_i = |x_i|^2$ and $l_i = |y_i|^2$, the diagonals of
 * $K = X X^T$ and $L = Y Y^T$,
 *
 * $$ \sum_{ij} K_{ij} L_{ij} = \|X^T Y\|_F^2, \qquad K 1 = X s_x, \qquad s_x = \sum_i x_i $$
 *
 * and what is left without the diagonals needs $\sum_i k_i l_i$, $\sum_i l_i x_i$ and $\sum_i k_i y_i$ beside.
 */
export function featureSums(firstLength: number, secondLength: number): FeatureSums {
  const lengths = [firstLength, secondLength] as const;
  const between = crossSums(...lengths);
  const [first, second] = lengths.map((length) => crossSums(length, length)) as [CrossSums, CrossSums];
  // What criteria of centred Gram matrices say does not depend on the origin; one among the examples keeps their digits.
  let origins: readonly [Float64Array, Float64Array] | undefined;
  return {
    add(a, b) {
      origins ??= [Float64Array.from(a), Float64Array.from(b)];
      const [x, y] = [differenceOf(a, origins[0]), differenceOf(b, origins[1])];
      between.add(x, y);
      first.add(x, x);
      second.add(y, y);
    },
    compared: (isDiagonalZero) => ({
      between: between.sums(isDiagonalZero),
      first: first.sums(isDiagonalZero),
      second: second.sums(isDiagonalZero),
    }),
  };
}

interface CrossSums {
  add(x: Float64Array, y: Float64Array): void;
  sums(isDiagonalZero: boolean): PairSums;
}

function crossSums(rows: number, columns: number): CrossSums {
  const products = new Float64Array(rows * columns);
  const [sumX, weightedX] = [new Float64Array(rows), new Float64Array(rows)];
  const [sumY, weightedY] = [new Float64Array(columns), new Float64Array(columns)];
  let [count, diagonals, ofK, ofL] = [0, 0, 0, 0];
  return {
    add(x, y) {
      const [k, l] = [dot(x, x), dot(y, y)];
      count++;
      diagonals += k * l;
      ofK += k;
      ofL += l;
      addTimes(sumX, x, 1);
      addTimes(sumY, y, 1);
      addTimes(weightedX, x, l);
      addTimes(weightedY, y, k);
      x.forEach((value, i) => {
        if (value !== 0) addTimes(products.subarray(i * columns, (i + 1) * columns), y, value);
      });
    },
    sums(isDiagonalZero) {
      const without = isDiagonalZero ? 1 : 0;
      const all = sumX.reduce(
        (sum, value, i) => sum + value * dot(products.subarray(i * columns, (i + 1) * columns), sumY),
        0,
      );
      const beside = dot(weightedX, sumX) + dot(weightedY, sumY) - diagonals;
      return {
        count,
        products: dot(products, products) - without * diagonals,
        rows: all - without * beside,
        totals: [dot(sumX, sumX) - without * ofK, dot(sumY, sumY) - without * ofL],
      };
    },
  };
}

function addTimes(sums: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + factor * (values[i] as number);
}

function differenceOf(values: ArrayLike<number>, origin: Float64Array): Float64Array {
  return origin.map((value, i) => (values[i] as number) - value);
}

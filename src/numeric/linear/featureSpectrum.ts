import { forEachOf, type Sliced } from '../sliced.ts';
import type { Matrix } from './factorProducts.ts';
import { principalDirections } from './principalDirections.ts';
import { dot } from './vectors.ts';

/** The singular values of a matrix, squared, and what is seen of vectors along its left singular vectors. */
export interface FeatureSpectrum {
  /** σ², the greatest first, without those that are rounding. */
  readonly squares: Float64Array;
  /** $(u_k^T t)^2$ of each vector t and singular value k. */
  readonly energies: readonly Float64Array[];
}

/**
 * $F = U \Sigma V^T$ of features `[n, d]`, of the smaller of the two products $F^T F$ and $F F^T$.
 *
 * @param targets vectors t of n numbers.
 */
export function* featureSpectrum(features: Matrix, targets: readonly Float64Array[] = []): Sliced<FeatureSpectrum> {
  const { rows, columns } = features;
  const isTall = columns <= rows;
  const { variances, directions } = yield* principalDirections(
    yield* isTall ? columnProducts(features) : rowProducts(features),
  );
  const least = Number.EPSILON * Math.max(rows, columns) * (variances[0] as number);
  const rank = variances.filter((variance) => variance > least).length;
  const energies: Float64Array[] = [];
  for (const target of targets) {
    // u = F v / σ, so uᵀt = vᵀ Fᵀt / σ.
    const seen = isTall ? yield* projected(features, target) : target;
    const own = new Float64Array(rank);
    yield* forEachOf(rank, seen.length, (k) => {
      own[k] = dot(directions[k] as Float64Array, seen) ** 2 / (isTall ? (variances[k] as number) : 1);
    });
    energies.push(own);
  }
  return { squares: variances.slice(0, rank), energies };
}

/** $F^T t$. */
function* projected({ rows, columns, values }: Matrix, target: Float64Array): Sliced<Float64Array> {
  const sums = new Float64Array(columns);
  yield* forEachOf(rows, columns, (row) => {
    const share = target[row] as number;
    if (share === 0) return;
    for (let k = 0, at = row * columns; k < columns; k++, at++) sums[k]! += share * (values[at] as number);
  });
  return sums;
}

/** $F^T F$. */
export function* columnProducts({ rows, columns, values }: Matrix): Sliced<Float64Array> {
  const products = new Float64Array(columns * columns);
  yield* forEachOf(rows, (columns * columns) / 2, (row) => {
    const from = row * columns;
    for (let a = 0; a < columns; a++) {
      const value = values[from + a] as number;
      // Behind a ReLU most are.
      if (value === 0) continue;
      for (let b = a, at = a * columns + a; b < columns; b++, at++)
        products[at]! += value * (values[from + b] as number);
    }
  });
  return mirrored(products, columns);
}

/** $F F^T$. */
function* rowProducts({ rows, columns, values }: Matrix): Sliced<Float64Array> {
  const products = new Float64Array(rows * rows);
  yield* forEachOf(rows, (rows * columns) / 2, (i) => {
    for (let j = i; j < rows; j++) {
      let sum = 0;
      for (let k = 0, a = i * columns, b = j * columns; k < columns; k++, a++, b++) {
        sum += (values[a] as number) * (values[b] as number);
      }
      products[i * rows + j] = sum;
    }
  });
  return mirrored(products, rows);
}

function mirrored(products: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) products[i * n + j] = products[j * n + i] as number;
  return products;
}

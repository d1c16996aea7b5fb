import { assertChoice, assertNumber } from './check.ts';
import { VitrineError } from './errors.ts';
import { rangeOf } from './statistics.ts';

/** Two planes of the same size, row by row. */
export interface PlanePair {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

/** How two planes are compared. */
export interface SsimOptions {
  /** `'uniform'`: 7 × 7 with sample covariances; `'gaussian'`: σ = 1.5 on 11 × 11, as in the paper. `'gaussian'` by default. */
  readonly window?: 'uniform' | 'gaussian';
  /** The greatest difference that two values can have; by default that of all values of the two planes. */
  readonly dataRange?: number | undefined;
}

/**
 * The mean structural similarity of two planes,
 * $\frac{(2\mu_a\mu_b + C_1)(2\sigma_{ab} + C_2)}{(\mu_a^2 + \mu_b^2 + C_1)(\sigma_a^2 + \sigma_b^2 + C_2)}$
 * averaged over all windows that lie inside, with $C_i = (K_i L)^2$, $K = (0.01, 0.03)$ and $L$ the data range.
 *
 * Source: Wang, Bovik, Sheikh and Simoncelli 2004, "Image quality assessment: from error visibility to structural
 * similarity", Eqs. (13) to (17).
 *
 * @returns 1 for equal planes, NaN for two that are the same constant.
 * @throws {VitrineError} if the planes are smaller than the window.
 */
export function ssim(pair: PlanePair, { window = 'gaussian', dataRange }: SsimOptions = {}): number {
  assertChoice('window', window, ['uniform', 'gaussian']);
  const { weights, unbiased } = windows[window];
  assertSize(pair, weights.length);
  const range = dataRange ?? spanOf(pair);
  assertNumber('dataRange', range, 0);
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
  const mean = (value: (i: number) => number): Float64Array => windowMeans(pair, weights, value);
  const a = (i: number): number => pair.a[i] as number;
  const b = (i: number): number => pair.b[i] as number;
  const [meanA, meanB, meanAA, meanBB, meanAB] = [a, b, square(a), square(b), (i: number) => a(i) * b(i)].map(mean) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const total = meanA.reduce((sum, x, i) => {
    const y = meanB[i] as number;
    const varianceA = unbiased * ((meanAA[i] as number) - x * x);
    const varianceB = unbiased * ((meanBB[i] as number) - y * y);
    const covariance = unbiased * ((meanAB[i] as number) - x * y);
    return sum + ((2 * x * y + c1) * (2 * covariance + c2)) / ((x * x + y * y + c1) * (varianceA + varianceB + c2));
  }, 0);
  return total / meanA.length;
}

const windows = {
  uniform: { weights: normalized(new Float64Array(7).fill(1)), unbiased: 49 / 48 },
  gaussian: {
    weights: normalized(Float64Array.from({ length: 11 }, (_, i) => Math.exp(-0.5 * ((i - 5) / 1.5) ** 2))),
    unbiased: 1,
  },
} as const;

function normalized(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function square(value: (i: number) => number): (i: number) => number {
  return (i) => value(i) ** 2;
}

/** The weighted means over all windows inside the plane: first along the rows, then along the columns. */
function windowMeans(
  { height, width }: PlanePair,
  weights: Float64Array,
  value: (index: number) => number,
): Float64Array {
  const [rows, columns] = [height - weights.length + 1, width - weights.length + 1];
  const along = Float64Array.from({ length: height * columns }, (_, i) => {
    const start = Math.floor(i / columns) * width + (i % columns);
    return weights.reduce((sum, weight, k) => sum + weight * value(start + k), 0);
  });
  return Float64Array.from({ length: rows * columns }, (_, i) =>
    weights.reduce((sum, weight, k) => sum + weight * (along[i + k * columns] as number), 0),
  );
}

function spanOf({ a, b }: PlanePair): number {
  const [first, second] = [rangeOf(a), rangeOf(b)];
  return Math.max(first.high, second.high) - Math.min(first.low, second.low);
}

function assertSize({ height, width }: PlanePair, side: number): void {
  if (height >= side && width >= side) return;
  throw new VitrineError(
    'bad-argument',
    `"map" expected at least ${side} × ${side} positions for SSIM, got ${height} × ${width}`,
  );
}

import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Matrix } from '../../numeric/linear/factorProducts.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { abortSignal, assertOptions, flag } from '../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { assertTable } from '../classified.ts';
import { centeredFeatures } from '../spaces/centeredFeatures.ts';
import type { FeatureOptions } from '../spaces/featureOptions.ts';
import { featureSums } from './featureSums.ts';
import { type Compared, comparedByPairs, type PairSums } from './pairSums.ts';

/** Options of {@link cka}. */
export interface CkaOptions extends FeatureOptions {
  /** Whether the criterion is estimated without bias, true by default. */
  readonly debiased?: boolean;
}

/**
 * Linear CKA: how alike two sets of features of the same examples are, whatever rotation and scale they have.
 *
 * $$ \mathrm{CKA} = \frac{\mathrm{HSIC}(K, L)}{\sqrt{\mathrm{HSIC}(K, K)\, \mathrm{HSIC}(L, L)}}, \quad K = A A^T,\; L = B B^T $$
 *
 * Debiased, by default, HSIC is the U-statistic without the pairs of an example with itself: unrelated features have a CKA
 * of about 0, where the biased one comes near to 1 as soon as there are more features than examples. It can be a little
 * below 0.
 *
 * Source: Kornblith et al. 2019, "Similarity of neural network representations revisited", Eq. (3)–(4); without bias Song
 * et al. 2012, "Feature selection via dependence maximization", Eq. (5), as Nguyen, Raghu and Kornblith 2021 use it.
 *
 * @param a features, `[n, d]`.
 * @param b other features of the same examples in the same order, `[n, e]`.
 * @param options `debiased`, `signal`. The cost is of the order of the smaller of n² (d + e) and n (d + e)², in slices.
 * @returns a number of at most 1; NaN where all examples have the same features.
 * @throws {VitrineError} if the numbers of examples differ, or there are fewer than 4 (2 where it is biased).
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { cka } from 'vitrine/diagnosis';
 * const a = { shape: [4, 2], data: Float32Array.of(1, 0, 0, 1, 1, 1, 3, 1) };
 * const b = { shape: [4, 1], data: Float32Array.of(1, 0, 1, 3) };
 * console.log(await cka(a, b));
 * ```
 */
export async function cka(a: NdArray<TypedArray>, b: NdArray<TypedArray>, options: CkaOptions = {}): Promise<number> {
  assertOptions(options, { debiased: flag, signal: abortSignal });
  const { debiased = true, signal } = options;
  assertExamples(a, b, debiased ? 4 : 2);
  const [first, second] = await owned(a, b);
  return inSlices(similarity(first, second, debiased), { signal });
}

/** Refuses features of different numbers of examples, or of too few. */
export function assertExamples(a: NdArray<TypedArray>, b: NdArray<TypedArray>, least: number): void {
  assertTable('a', a);
  const count = a.shape[0] as number;
  if (count < least) throw new VitrineError('bad-shape', `"a" expected at least ${least} examples, got ${count}`);
  assertTable('b', b, count);
}

function* similarity(a: NdArray<TypedArray>, b: NdArray<TypedArray>, debiased: boolean): Sliced<number> {
  const [first, second] = [yield* centeredFeatures(a), yield* centeredFeatures(b)];
  return ckaOf(yield* comparedOf(first, second, debiased), debiased);
}

/** CKA of sums over pairs of examples, which are without each example's pair with itself where it is debiased. */
export function ckaOf({ between, first, second }: Compared, debiased: boolean): number {
  const criterion = debiased ? unbiasedCriterion : biasedCriterion;
  const own = criterion(first) * criterion(second);
  return own > 0 ? Math.min(1, criterion(between) / Math.sqrt(own)) : Number.NaN;
}

/** By pairs of examples, or by pairs of features where these are fewer. */
function* comparedOf(a: Matrix, b: Matrix, isDiagonalZero: boolean): Sliced<Compared> {
  const widths = a.columns ** 2 + b.columns ** 2 + a.columns * b.columns;
  if ((a.rows * (a.columns + b.columns)) / 2 <= widths) return yield* comparedByPairs(a, b, isDiagonalZero);
  const sums = featureSums(a.columns, b.columns);
  yield* forEachOf(a.rows, widths, (i) => sums.add(rowAt(a, i), rowAt(b, i)));
  return sums.compared(isDiagonalZero);
}

function rowAt({ columns, values }: Matrix, i: number): Float64Array {
  return (values as Float64Array).subarray(i * columns, (i + 1) * columns);
}

/** Eq. (5), Song et al. 2012, of matrices with zeros on the diagonal. */
function unbiasedCriterion({ count: n, products, rows, totals: [k, l] }: PairSums): number {
  return (products + (k * l) / ((n - 1) * (n - 2)) - (2 * rows) / (n - 2)) / (n * (n - 3));
}

/** tr(K H L H), H = I − 1/n. */
function biasedCriterion({ count: n, products, rows, totals: [k, l] }: PairSums): number {
  return products - (2 * rows) / n + (k * l) / n ** 2;
}

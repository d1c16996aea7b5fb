import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { assertRoom } from '../../numeric/check.ts';
import { isConstant, pearson } from '../../numeric/correlation.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { norm } from '../../numeric/linear/vectors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { abortSignal, assertOptions } from '../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { slicedRanks } from '../../numeric/slicedRanks.ts';
import type { FeatureOptions } from '../spaces/featureOptions.ts';
import { assertExamples } from './cka.ts';

/**
 * RSA: whether two sets of features find the same examples alike and different.
 *
 * Spearman's correlation of the dissimilarities $1 - r_{ij}$ of all pairs of examples, r being Pearson's correlation of
 * their features. Only the order of the dissimilarities counts.
 *
 * Source: Kriegeskorte, Mur and Bandettini 2008, "Representational similarity analysis", Front. Syst. Neurosci. 2:4.
 *
 * @param a features, `[n, d]`, at least 2 of an example.
 * @param b other features of the same examples in the same order, `[n, e]`.
 * @param options `signal`. The cost is of the order n² (d + e), in slices; n of a few thousand is much.
 * @returns a number in [−1, 1]; NaN where all pairs are equally different.
 * @throws {VitrineError} if the numbers of examples differ, there are fewer than 3, or all features of an example are the
 *   same number, which is correlated with nothing.
 * @example
 * ```ts
 * import { rsa } from 'vitrine/diagnosis';
 * const a = { shape: [3, 3], data: Float32Array.of(1, 0, 0, 0, 1, 0, 2, 1, 0) };
 * const b = { shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 3, 2) };
 * console.log(await rsa(a, b));
 * ```
 */
export async function rsa(
  a: NdArray<TypedArray>,
  b: NdArray<TypedArray>,
  options: FeatureOptions = {},
): Promise<number> {
  assertOptions(options, { signal: abortSignal });
  assertExamples(a, b, 3);
  const count = a.shape[0] as number;
  assertRoom('a', [count, (count - 1) / 2]);
  assertVaried('a', a);
  assertVaried('b', b);
  const [first, second] = await owned(a, b);
  return inSlices(rankCorrelation(first, second), options);
}

function* rankCorrelation(a: NdArray<TypedArray>, b: NdArray<TypedArray>): Sliced<number> {
  const [first, second] = [
    yield* slicedRanks(yield* dissimilarities(a)),
    yield* slicedRanks(yield* dissimilarities(b)),
  ];
  yield 0;
  return pearson(first, second);
}

/** 1 − Pearson's correlation of all pairs of rows in units of 1e-12, the first row with all later ones first. */
function* dissimilarities({ shape, data }: NdArray<TypedArray>): Sliced<Float64Array> {
  const [count, width] = shape as readonly [number, number];
  const rows: Float64Array[] = [];
  yield* forEachOf(count, 5 * width, (i) => {
    rows.push(standardized(data.subarray(i * width, (i + 1) * width)));
  });
  const found = new Float64Array((count * (count - 1)) / 2);
  let at = 0;
  yield* forEachOf(count, (count * width) / 2, (i) => {
    const row = rows[i] as Float64Array;
    for (let j = i + 1; j < count; j++) {
      const other = rows[j] as Float64Array;
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (row[k] as number) * (other[k] as number);
      // Pairs that rounding alone tells apart are equal.
      found[at++] = Math.round((1 - sum) * 1e12);
    }
  });
  return found;
}

/** Less its mean, of length 1. */
function standardized(row: TypedArray): Float64Array {
  const values = Float64Array.from(row);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centered = values.map((value) => value - mean);
  const length = norm(centered);
  return centered.map((value) => value / length);
}

function assertVaried(argument: string, { shape, data }: NdArray<TypedArray>): void {
  const [count, width] = shape as readonly [number, number];
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * width, (i + 1) * width);
    if (!isConstant(row)) continue;
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected features that differ, got ${row[0]} throughout in row ${i}`,
    );
  }
}

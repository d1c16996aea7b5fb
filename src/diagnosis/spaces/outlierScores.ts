import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { abortSignal, anything, assertOptions, integer, oneOf, share } from '../../numeric/options.ts';
import { assertTable, labelsOf, type PerExample } from '../classified.ts';
import { classDistances } from './classDistances.ts';
import type { FeatureOptions } from './featureOptions.ts';
import { neighborDistances } from './neighborDistances.ts';

/** Options of {@link outlierScores}. */
export interface OutlierScoresOptions extends FeatureOptions {
  /** The distance to the nearest mean of a class, measured by the spread inside classes, or that to a neighbour; `'mahalanobis'` by default. */
  readonly method?: 'mahalanobis' | 'neighbors';
  /** Of `'mahalanobis'` the class of each known example, `[n]`; all of one by default. */
  readonly labels?: PerExample;
  /** Of `'mahalanobis'` ρ, 0 to 1; what Ledoit and Wolf estimate of the known examples by default. */
  readonly shrinkage?: number;
  /** Of `'neighbors'` the distance to which neighbour counts; 10 by default. */
  readonly neighbors?: number;
}

/** How far examples lie from known ones. */
export interface OutlierScores {
  /** A distance, `[m]`: the greater the stranger. */
  readonly scores: Float64Array;
  /** ρ of `'mahalanobis'`. */
  readonly shrinkage?: number;
}

/**
 * How strange the features of new examples are among those of known ones.
 *
 * By `'mahalanobis'`, with one covariance Σ of the deviations from the means of all classes (divided by n), drawn to a
 * multiple of the identity so that it has an inverse also where there are more features than examples:
 *
 * $$ \min_c \sqrt{(f - \mu_c)^T \Sigma_\rho^{-1} (f - \mu_c)}, \qquad \Sigma_\rho = (1 - \rho)\, \Sigma + \rho\, \tfrac{\mathrm{tr}\,
 * \Sigma}{d} I $$
 *
 * By `'neighbors'` the Euclidean distance to the k-th nearest known example, which assumes no shape; bring features to unit
 * length before, as its authors do, where their length says little. The known examples must be others than those that are
 * scored: an example is nearest to itself.
 *
 * Source: Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples", Eq. (1)–(2); Ledoit and
 * Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices", Lemma 3.2–3.4; Sun et al. 2022,
 * "Out-of-distribution detection with deep nearest neighbors", §3.
 *
 * @param known features of examples such as a network has learnt from, `[n, d]`.
 * @param features of the examples to be scored, `[m, d]`.
 * @param options `method`, `labels`, `shrinkage`, `neighbors`, `signal`. The cost is of the order (n + m) d² + d³, or n m d.
 * @returns the `scores`, and the `shrinkage` that was used.
 * @throws {VitrineError} if the numbers of features differ, the covariance has no inverse (without shrinkage, or because the
 *   known features do not vary at all), or there are fewer known examples than `neighbors`.
 * @example
 * ```ts
 * import { outlierScores } from 'vitrine/diagnosis';
 * const known = { shape: [4, 2], data: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1) };
 * const { scores } = await outlierScores(known, { shape: [2, 2], data: Float32Array.of(0.5, 0.4, 9, 9) });
 * console.log(scores[1] > scores[0]); // true
 * ```
 */
export async function outlierScores(
  known: NdArray<TypedArray>,
  features: NdArray<TypedArray>,
  options: OutlierScoresOptions = {},
): Promise<OutlierScores> {
  assertOptions(options, {
    method: oneOf(['mahalanobis', 'neighbors']),
    labels: anything,
    shrinkage: share,
    neighbors: integer(1),
    signal: abortSignal,
  });
  assertTable('known', known);
  assertTable('features', features);
  assertSameWidth(known, features);
  const { method = 'mahalanobis', labels, shrinkage, neighbors = 10, signal } = options;
  const count = known.shape[0] as number;
  const classes = labels === undefined ? new Int32Array(count) : labelsOf('labels', labels, count);
  if (count < neighbors && (method === 'neighbors' || options.neighbors !== undefined)) {
    throw new VitrineError(
      'bad-argument',
      `"neighbors" expected at most ${count}, the known examples, got ${neighbors}`,
    );
  }
  const [own, asked] = await owned(known, features);
  if (method === 'mahalanobis') return inSlices(classDistances(own, asked, { classes, shrinkage }), { signal });
  return { scores: await inSlices(neighborDistances(own, asked, neighbors), { signal }) };
}

function assertSameWidth(known: NdArray<TypedArray>, features: NdArray<TypedArray>): void {
  if (known.shape[1] === features.shape[1]) return;
  throw new VitrineError(
    'bad-shape',
    `"features" expected ${known.shape[1]} numbers each, as "known" has, got ${features.shape[1]}`,
  );
}

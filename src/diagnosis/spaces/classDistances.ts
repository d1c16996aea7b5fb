import { VitrineError } from '../../numeric/errors.ts';
import { cholesky } from '../../numeric/linear/cholesky.ts';
import { columnProducts } from '../../numeric/linear/featureSpectrum.ts';
import { dot } from '../../numeric/linear/vectors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import type { Centered } from './centeredFeatures.ts';
import { momentsByClass } from './momentsByClass.ts';

/** The classes of known examples, and how much their covariance is drawn to the identity; an estimate where that is not said. */
interface Plan {
  readonly classes: Int32Array;
  readonly shrinkage: number | undefined;
}

/** Mahalanobis' distance of each example to the nearest mean of a class. Eq. (1)–(2), Lee et al. 2018. */
export function* classDistances(
  known: NdArray<TypedArray>,
  features: NdArray<TypedArray>,
  { classes, shrinkage: given }: Plan,
): Sliced<{ readonly scores: Float64Array; readonly shrinkage: number }> {
  const width = known.shape[1] as number;
  const { means, deviations } = yield* deviationsOf(known, classes);
  const { covariance, shrinkage } = yield* shrunkCovariance(deviations, given);
  const factor = yield* cholesky(covariance, width);
  assertInvertible(covariance, factor, width);
  const whitened = (values: TypedArray): Float64Array => forwardSolution(factor, values);
  const centers = means.map(whitened);
  const scores = new Float64Array(features.shape[0] as number);
  yield* forEachOf(scores.length, width * (width / 2 + means.length), (i) => {
    const own = whitened(features.data.subarray(i * width, (i + 1) * width));
    scores[i] = Math.sqrt(Math.min(...centers.map((center) => squaredDistance(own, center))));
  });
  return { scores, shrinkage };
}

/** The means of classes, and what is left of examples without them. */
function* deviationsOf(
  { shape, data }: NdArray<TypedArray>,
  classes: Int32Array,
): Sliced<{ readonly means: readonly Float64Array[]; readonly deviations: Centered }> {
  const [rows, columns] = shape as readonly [number, number];
  const sums = momentsByClass(columns);
  const rowAt = (i: number): TypedArray => data.subarray(i * columns, (i + 1) * columns);
  yield* forEachOf(rows, 6 * columns, (i) => sums.add(rowAt(i), classes[i] as number));
  const { classes: found, means } = sums.moments();
  const places = new Map([...found].map((label, k) => [label, means.data.subarray(k * columns, (k + 1) * columns)]));
  const values = new Float64Array(data.length);
  yield* forEachOf(rows, columns, (i) => {
    const mean = places.get(classes[i] as number) as Float64Array;
    for (let k = 0, at = i * columns; k < columns; k++, at++) values[at] = (data[at] as number) - (mean[k] as number);
  });
  return { means: [...places.values()], deviations: { rows, columns, values } };
}

function* shrunkCovariance(
  deviations: Centered,
  given: number | undefined,
): Sliced<{ readonly covariance: Float64Array; readonly shrinkage: number }> {
  const { rows, columns } = deviations;
  const covariance = (yield* columnProducts(deviations)).map((value) => value / rows);
  let trace = 0;
  for (let k = 0; k < columns; k++) trace += covariance[k * (columns + 1)] as number;
  if (trace === 0) {
    throw new VitrineError('bad-argument', '"known" expected features that vary within classes, got none that does');
  }
  const shrinkage = given ?? estimatedShrinkage(deviations, covariance, trace);
  for (let at = 0; at < covariance.length; at++) covariance[at]! *= 1 - shrinkage;
  for (let k = 0; k < columns; k++) covariance[k * (columns + 1)]! += (shrinkage * trace) / columns;
  return { covariance, shrinkage };
}

/**
 * Lemma 3.2–3.4, Ledoit and Wolf 2004: $\sum_i |x_i x_i^T - S|^2 / n^2$, which is $\sum_i |x_i|^4 / n^2 - |S|^2 / n$, of
 * $|S - \mathrm{tr}(S)/d\, I|^2$.
 */
function estimatedShrinkage({ rows, columns, values }: Centered, covariance: Float64Array, trace: number): number {
  let fourth = 0;
  for (let i = 0; i < rows; i++) {
    const row = values.subarray(i * columns, (i + 1) * columns);
    fourth += dot(row, row) ** 2;
  }
  const squares = dot(covariance, covariance);
  const apart = squares - trace ** 2 / columns;
  const uncertain = fourth / rows ** 2 - squares / rows;
  return apart > 0 ? Math.max(0, Math.min(1, uncertain / apart)) : 1;
}

function assertInvertible(covariance: Float64Array, factor: Float64Array, width: number): void {
  for (let k = 0; k < width; k++) {
    const at = k * (width + 1);
    if ((factor[at] as number) ** 2 > 1e-12 * (covariance[at] as number)) continue;
    throw new VitrineError(
      'bad-argument',
      `"known" expected a covariance that has an inverse, got feature ${k} that the features before it tell; a "shrinkage" above 0 gives it one`,
    );
  }
}

/** The solution of L z = x. */
function forwardSolution(factor: Float64Array, right: TypedArray): Float64Array {
  const n = right.length;
  const out = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    let sum = out[i] as number;
    for (let j = 0, at = i * n; j < i; j++, at++) sum -= (factor[at] as number) * (out[j] as number);
    out[i] = sum / (factor[i * n + i] as number);
  }
  return out;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0);
}

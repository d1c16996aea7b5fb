import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { abortSignal, assertOptions } from '../../numeric/options.ts';
import { forEachOf } from '../../numeric/sliced.ts';
import { assertTable, labelsOf, type PerExample } from '../classified.ts';
import type { FeatureOptions } from './featureOptions.ts';
import { type ClassMoments, momentsByClass } from './momentsByClass.ts';

/**
 * The mean and the variance of each feature in each class.
 *
 * $$ \mu_{cj} = \frac{1}{n_c} \sum_{i : y_i = c} f_{ij}, \qquad \sigma_{cj}^2 = \frac{1}{n_c} \sum_{i : y_i = c} (f_{ij} -
 * \mu_{cj})^2 $$
 *
 * Of features that need not be held at once, `layerClassMoments` makes the same of images.
 *
 * Source: Welford 1962, "Note on a method for calculating corrected sums of squares and products".
 *
 * @param features `[n, d]`.
 * @param labels the class of each example, `[n]`.
 * @param options `signal`.
 * @returns the classes that occur with their counts, means and variances; a class of one example has variances of 0.
 * @throws {VitrineError} if numbers are not finite, or there are not as many labels as rows.
 * @example
 * ```ts
 * import { classMoments } from 'vitrine/diagnosis';
 * const features = { shape: [4, 2], data: Float32Array.of(1, 0, 3, 0, 0, 1, 0, 1) };
 * const { means, variances } = await classMoments(features, [0, 0, 1, 1]);
 * console.log(means.data, variances.data); // 2 0 0 1, 1 0 0 0
 * ```
 */
export async function classMoments(
  features: NdArray<TypedArray>,
  labels: PerExample,
  options: FeatureOptions = {},
): Promise<ClassMoments> {
  assertOptions(options, { signal: abortSignal });
  assertTable('features', features);
  const [count, width] = features.shape as readonly [number, number];
  const classes = labelsOf('labels', labels, count);
  const [{ data }] = await owned(features);
  const sums = momentsByClass(width);
  const add = (i: number): void => sums.add(data.subarray(i * width, (i + 1) * width), classes[i] as number);
  await inSlices(forEachOf(count, 6 * width, add), options);
  return sums.moments();
}

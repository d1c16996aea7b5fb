import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { object } from '../../numeric/options.ts';
import type { ClassMoments } from './momentsByClass.ts';

/** How far classes lie apart, measured by how far each spreads. */
export interface Separability {
  /** $\mathrm{tr}\, S_b / \mathrm{tr}\, S_w$; infinite where no class spreads, NaN where moreover all are at one place. */
  readonly ratio: number;
  /** $\mathrm{tr}\, S_b$, the variance of the means of the classes. */
  readonly between: number;
  /** $\mathrm{tr}\, S_w$, the variance inside the classes. */
  readonly within: number;
  /** The ratio of each feature alone, `[d]`. */
  readonly features: Float64Array;
}

/**
 * Fisher's ratio of classes: the variance between them over the variance inside.
 *
 * $$ \frac{\mathrm{tr}\, S_b}{\mathrm{tr}\, S_w}, \quad \mathrm{tr}\, S_b = \sum_c \tfrac{n_c}{n} \|\mu_c - \mu\|^2, \quad
 * \mathrm{tr}\, S_w = \sum_c \tfrac{n_c}{n} \sum_j \sigma_{cj}^2 $$
 *
 * Their sum is the whole variance. A ratio of traces looks at no directions: classes that a plane parts where the features
 * vary little have a small one.
 *
 * Source: Fukunaga 1990, "Introduction to statistical pattern recognition", §10.2.
 *
 * @param moments what `classMoments` or `layerClassMoments` gives.
 * @returns the ratio, both variances, and the ratio of each feature; of one class `between` and the ratio are 0.
 * @throws {VitrineError} if they are no moments of classes.
 * @example
 * ```ts
 * import { classMoments, separability } from 'vitrine/diagnosis';
 * const features = { shape: [4, 2], data: Float32Array.of(1, 0, 3, 0, 0, 1, 0, 1) };
 * console.log(separability(await classMoments(features, [0, 0, 1, 1])).ratio); // 2.5
 * ```
 */
export function separability(moments: Pick<ClassMoments, 'counts' | 'means' | 'variances'>): Separability {
  assertMoments(moments);
  const { counts, means, variances } = moments;
  const width = means.shape[1] as number;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const meanOf = (value: (at: number) => number, feature: number): number =>
    counts.reduce((sum, count, k) => sum + (count / total) * value(k * width + feature), 0);
  const places = Array.from({ length: width }, (_, feature) => {
    const center = meanOf((at) => means.data[at] as number, feature);
    const between = meanOf((at) => ((means.data[at] as number) - center) ** 2, feature);
    return { between, within: meanOf((at) => variances.data[at] as number, feature) };
  });
  const between = places.reduce((sum, place) => sum + place.between, 0);
  const within = places.reduce((sum, place) => sum + place.within, 0);
  const features = Float64Array.from(places, (place) => place.between / place.within);
  return { ratio: between / within, between, within, features };
}

function assertMoments(moments: Pick<ClassMoments, 'counts' | 'means' | 'variances'>): void {
  object('moments', moments);
  const { counts, means, variances } = moments;
  const size = counts?.length * (means?.shape?.[1] as number);
  if (size > 0 && means.data?.length === size && variances?.data?.length === size) return;
  throw new VitrineError('bad-argument', `"moments" expected what classMoments gives, got ${describe(moments)}`);
}

import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { featureSpectrum } from '../../numeric/linear/featureSpectrum.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { abortSignal, assertOptions, number } from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { assertTable } from '../classified.ts';
import { centeredFeatures } from './centeredFeatures.ts';
import type { FeatureOptions } from './featureOptions.ts';
import { twoNearest } from './twoNearest.ts';

/** Options of {@link intrinsicDimension}. */
export interface IntrinsicDimensionOptions extends FeatureOptions {
  /** How much of the variance the principal components are to hold; 0.95 by default. */
  readonly share?: number;
}

/** How many numbers it takes to say where examples lie. */
export interface IntrinsicDimension {
  /** The least number of principal components that hold the share of the variance; 0 where nothing varies. */
  readonly components: number;
  /** $(\sum_k \lambda_k)^2 / \sum_k \lambda_k^2$ of the variances λ along the components; NaN where nothing varies. */
  readonly participation: number;
  /** By the distances to the two nearest neighbours; NaN where fewer than 2 examples differ from all others. */
  readonly twoNearest: number;
}

/**
 * The dimension of the set that features lie on, in three ways: flat, by principal components, and curved, by neighbours.
 *
 * $$ d = n \Bigm/ \sum_i \log \frac{r_2(i)}{r_1(i)} $$
 *
 * with the distances $r_1 \le r_2$ from an example to its two nearest neighbours. That holds where the density is nearly
 * constant as far as the second neighbour; high dimensions are underestimated, as examples are few for them. An example
 * that occurs twice is counted once.
 *
 * Source: Facco et al. 2017, "Estimating the intrinsic dimension of datasets by a minimal neighborhood information", Eq.
 * (3), by maximum likelihood over all examples; components as Aubry and Russell 2015, "Understanding deep features with
 * computer-generated imagery", §4.
 *
 * @param features `[n, d]`, of at least 3 examples.
 * @param options `share`, `signal`. The cost is of the order n² d + min(n, d)³, in slices.
 * @returns `components`, `participation` and `twoNearest`.
 * @throws {VitrineError} if numbers are not finite, or there are fewer than 3 examples.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { intrinsicDimension } from 'vitrine/diagnosis';
 * const features = { shape: [4, 2], data: Float32Array.of(0, 0, 1, 2, 2.5, 5, 3, 6) };
 * const { components } = await intrinsicDimension(features);
 * console.log(components); // 1
 * ```
 */
export async function intrinsicDimension(
  features: NdArray<TypedArray>,
  options: IntrinsicDimensionOptions = {},
): Promise<IntrinsicDimension> {
  assertOptions(options, { share: number(0, 1), signal: abortSignal });
  assertTable('features', features);
  const count = features.shape[0] as number;
  if (count < 3) throw new VitrineError('bad-shape', `"features" expected at least 3 examples, got ${count}`);
  const [own, { share = 0.95, signal }] = await owned(features, options);
  return inSlices(dimensionsOf(own, share), { signal });
}

function* dimensionsOf(features: NdArray<TypedArray>, share: number): Sliced<IntrinsicDimension> {
  const centered = yield* centeredFeatures(features);
  const { squares } = yield* featureSpectrum(centered);
  const total = squares.reduce((sum, square) => sum + square, 0);
  const fourth = squares.reduce((sum, square) => sum + square * square, 0);
  return {
    components: componentsFor(squares, share * total),
    participation: total ** 2 / fourth,
    twoNearest: yield* twoNearest(centered),
  };
}

function componentsFor(squares: Float64Array, wanted: number): number {
  let held = 0;
  const enough = squares.findIndex((square) => {
    held += square;
    return held >= wanted * (1 - 1e-12);
  });
  return enough < 0 ? squares.length : enough + 1;
}

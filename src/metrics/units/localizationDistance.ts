import { assertArray, assertFiniteArray, perAxis } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertPair, assertShape } from './locationData.ts';

/** How far places are from where they should be. */
export interface LocalizationDistance {
  /** `[n]`, in diagonals of the image. */
  readonly distance: Float64Array;
  readonly mean: number;
}

/**
 * Normalised distance: how far a part is found from where it is, in diagonals of the image.
 *
 * $$ \frac{\lVert \hat p - p^* \rVert}{\sqrt{w^2 + h^2}} $$
 *
 * Source: Zhang et al. 2017, "Growing interpretable part graphs on ConvNets via multi-shot learning", the evaluation of
 * part localisation, as in its published code.
 *
 * @param predicted where parts were found, `[n, 2]`, row and column in pixels.
 * @param truth where they are, `[n, 2]`.
 * @param imageSize rows and columns of the images.
 * @returns a distance for each, and their mean; less is better.
 * @throws {VitrineError} if the arrays are not both `[n, 2]` and finite, or `imageSize` is no pair of at least 1.
 * @example
 * ```ts
 * import { localizationDistance } from 'vitrine/metrics';
 * const predicted = { shape: [1, 2], data: Float32Array.of(10, 10) };
 * const truth = { shape: [1, 2], data: Float32Array.of(13, 14) };
 * console.log(localizationDistance(predicted, truth, [30, 40]).mean); // 0.1
 * ```
 */
export function localizationDistance(
  predicted: NdArray<Float32Array | Float64Array>,
  truth: NdArray<Float32Array | Float64Array>,
  imageSize: readonly [rows: number, columns: number],
): LocalizationDistance {
  assertArray('predicted', predicted, [2]);
  const count = predicted.shape[0] as number;
  assertShape('predicted', predicted, [count, 2]);
  assertFiniteArray('predicted', predicted);
  assertShape('truth', truth, [count, 2]);
  assertFiniteArray('truth', truth);
  assertPair(imageSize);
  const diagonal = Math.hypot(...perAxis('imageSize', imageSize, 1));
  const away = (k: number): number => (predicted.data[k] as number) - (truth.data[k] as number);
  const distance = Float64Array.from({ length: count }, (_, i) => Math.hypot(away(2 * i), away(2 * i + 1)) / diagonal);
  return { distance, mean: distance.reduce((sum, one) => sum + one, 0) / count };
}

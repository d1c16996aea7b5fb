import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../numeric/ndarray.ts';
import { squaredDistances } from './featureDistance.ts';

/** How far inversions are from what was inverted, as the paper reports it. */
export interface InversionError {
  /** Per example, in the unit of how far two images are apart: 1 is no better than another image. */
  readonly error: Float32Array;
  /** What squared distances were divided by. */
  readonly normalizer: number;
}

/**
 * The error of inversions in the unit of how far different images are apart.
 *
 * $$ \frac{\|\Phi(x_i^*) - \Phi_i\|^2}{\frac{1}{n^2} \sum_{jk} \|\Phi_j - \Phi_k\|^2} $$
 *
 * All pairs count, those of an image with itself too.
 *
 * Source: Mahendran and Vedaldi 2015, "Understanding deep image representations by inverting them", §5.
 *
 * @param reconstructed the activations `[n, …]` of the inversions at the layer that was inverted.
 * @param targets those of the images themselves, in the same shape; of at least two that differ.
 * @returns `error` per example, and the `normalizer`.
 * @throws {VitrineError} if the shapes differ, a number is not finite, or all targets are the same.
 * @example
 * ```ts
 * import { inversionError } from 'vitrine/visualization';
 * const targets = { shape: [2, 2], data: Float32Array.of(0, 0, 0, 2) };
 * const reconstructed = { shape: [2, 2], data: Float32Array.of(0, 1, 0, 2) };
 * console.log(inversionError(reconstructed, targets)); // error [0.5, 0], normalizer 2
 * ```
 */
export function inversionError(reconstructed: NdArray, targets: NdArray): InversionError {
  assertFeatures('reconstructed', reconstructed);
  assertFeatures('targets', targets);
  if (!sameShape(reconstructed.shape, targets.shape)) {
    throw new VitrineError(
      'bad-shape',
      `"reconstructed" expected the shape of "targets", [${targets.shape.join(', ')}], got [${reconstructed.shape.join(', ')}]`,
    );
  }
  const normalizer = meanPairDistance(targets);
  if (normalizer === 0)
    throw new VitrineError('bad-argument', '"targets" expected examples that differ, got the same in all');
  const error = Float32Array.from(squaredDistances(reconstructed, targets), (distance) => distance / normalizer);
  return { error, normalizer };
}

function assertFeatures(argument: string, features: NdArray): void {
  assertArray(argument, features, [2, 3, 4, 5]);
  assertFiniteArray(argument, features);
}

/** The mean over all ordered pairs: twice the mean squared distance from the mean, which takes no pairs. */
function meanPairDistance({ shape, data }: NdArray): number {
  const count = shape[0] as number;
  const size = data.length / count;
  let sum = 0;
  for (let element = 0; element < size; element++) {
    let mean = 0;
    for (let i = element; i < data.length; i += size) mean += (data[i] as number) / count;
    for (let i = element; i < data.length; i += size) sum += ((data[i] as number) - mean) ** 2;
  }
  return (2 * sum) / count;
}

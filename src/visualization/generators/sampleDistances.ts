import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { runChecks } from '../../network/runChecks.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf, sameShape } from '../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks, object } from '../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { euclidean, meanDistance } from './meanDistance.ts';

/** The options of {@link sampleDistances}. */
export interface SampleDistancesOptions {
  /** Other images `[m, …]`, among which the nearest is looked for; none by default. */
  readonly images?: NdArray;
  /** Stops the call; it rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

const checks: OptionChecks<SampleDistancesOptions> = { images: object, signal: runChecks.signal };

/** How far samples are from each other, and from other images. */
export interface SampleDistances {
  /** The mean distance of two different samples; none of one alone. */
  readonly diversity?: number;
  /** The distance of each sample to the nearest image, `[n]`; none without images. */
  readonly nearest?: Float32Array;
}

/**
 * How diverse samples are, and how near to real images: Euclidean distances of all their numbers.
 *
 * $$ \frac{2}{n (n - 1)} \sum_{i < j} \|x_i - x_j\|, \qquad \min_k \|x_i - y_k\| $$
 *
 * @param pictures `[n, …]`, of one class for instance.
 * @param options `images` `[m, …]` of the same size, `signal`.
 * @returns `diversity`, and `nearest` `[n]`.
 * @throws {VitrineError} if a number is not finite or the images have another size.
 * @example
 * ```ts
 * import { sampleDistances } from 'vitrine/visualization';
 * const pictures = { shape: [2, 2], data: Float32Array.of(0, 0, 3, 4) };
 * const images = { shape: [1, 2], data: Float32Array.of(0, 1) };
 * console.log(await sampleDistances(pictures, { images })); // diversity 5, nearest [1, 4.24]
 * ```
 */
export async function sampleDistances(
  pictures: NdArray,
  options: SampleDistancesOptions = {},
): Promise<SampleDistances> {
  assertOptions(options, checks);
  assertRows('pictures', pictures);
  const [{ images, signal }, { own }] = await owned(options, { own: pictures });
  if (images) assertSameSize(images, own);
  const diversity = (own.shape[0] as number) > 1 ? await inSlices(meanDistance(own), { signal }) : undefined;
  return {
    ...(diversity !== undefined && { diversity }),
    ...(images && { nearest: await inSlices(nearestDistances(own, images), { signal }) }),
  };
}

function* nearestDistances(samples: NdArray, images: NdArray): Sliced<Float32Array> {
  const others = Array.from({ length: images.shape[0] as number }, (_, i) => rowOf(images, i));
  const nearest = new Float32Array(samples.shape[0] as number);
  yield* forEachOf(nearest.length, images.data.length, (i) => {
    const sample = rowOf(samples, i);
    nearest[i] = others.reduce((least, other) => Math.min(least, euclidean(sample, other)), Number.POSITIVE_INFINITY);
  });
  return nearest;
}

function assertSameSize(images: NdArray, pictures: NdArray): void {
  assertRows('images', images);
  const [expected, got] = [pictures.shape.slice(1), images.shape.slice(1)];
  if (sameShape(expected, got)) return;
  throw new VitrineError(
    'bad-shape',
    `"images" expected the size of "pictures", [${expected.join(', ')}], got [${got.join(', ')}]`,
  );
}

function assertRows(argument: string, array: NdArray): void {
  assertArray(argument, array, [2, 3, 4, 5]);
  assertFiniteArray(argument, array);
}

import { assertNumbers, assertWidth } from '../numeric/check.ts';
import type { NdArray, TypedArray } from '../numeric/ndarray.ts';
import { atOnce, type Sliced } from '../numeric/sliced.ts';
import { assertPicture, isPicture } from './assertPicture.ts';
import { type FilterRow, type FilterTable, filtering } from './filter.ts';
import { type Places, placesOf } from './maps/planes.ts';
import { picture } from './picture.ts';
import type { MapArray, Picture, VolumeSize } from './types.ts';

/**
 * Blurs a picture or the maps of an array with a Gaussian, $w(d) \propto e^{-d^2 / 2\sigma^2}$, cut off at $4\sigma$.
 *
 * The image is reflected at its edges (`c b a | a b c`), so that the sum of a map stays as it is.
 *
 * @param source a picture, or an array `[h, w]`, `[n, h, w]` or `[n, h, w, c]`; with three deviations volumes `[d, h, w]`,
 * `[n, d, h, w]` or `[n, d, h, w, c]`.
 * @param sigma standard deviation in pixels; `[depth, rows, columns]` of volumes; 0 copies.
 * @returns a picture, or an array of the same shape.
 * @throws {VitrineError} if the source is none of these, or sigma negative, not finite or above 2²⁰.
 * @example
 * ```ts
 * import { blur } from 'vitrine';
 * const smooth = blur(map, 2);
 * ```
 */
export function blur(source: Picture, sigma: number): Picture;
export function blur(source: MapArray, sigma: number | VolumeSize): NdArray;
export function blur(source: Picture | MapArray, sigma: number | VolumeSize): Picture | NdArray {
  const sigmas = deviations(sigma);
  if (isPicture(source)) {
    assertPicture('source', source);
    const { width, height } = source;
    const places = { count: 1, lengths: [height, width], channels: 4 };
    return picture(width, height, Uint8ClampedArray.from(atOnce(filtered(source.data, places, sigmas))));
  }
  return atOnce(blurring(source, sigmas));
}

function deviations(sigma: number | VolumeSize): readonly number[] {
  const sigmas = typeof sigma === 'number' ? [sigma, sigma] : sigma;
  if (typeof sigma !== 'number') assertNumbers('sigma', sigma, 3);
  for (const one of sigmas) assertWidth('sigma', one);
  return sigmas;
}

/** Blurs an array, with a standard deviation for each axis of positions, as `blur` describes. */
export function* blurring(source: MapArray, sigmas: readonly number[]): Sliced<NdArray> {
  const places = placesOf('source', source, sigmas.length);
  return { shape: [...source.shape], data: Float32Array.from(yield* filtered(source.data, places, sigmas)) };
}

function filtered(data: TypedArray, places: Places, sigmas: readonly number[]): Sliced<Float64Array> {
  const tables = places.lengths.map((length, axis) => gaussianTable(length, sigmas[axis] as number));
  return filtering(data, places, tables);
}

/** Which places of an axis each place of the blurred one is made of, and with which weights. */
export function gaussianTable(length: number, sigma: number): FilterTable {
  const radius = Math.round(4 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    sigma === 0 ? 1 : Math.exp(-0.5 * ((k - radius) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const { first, along } = periodic(
    weights.map((weight) => weight / total),
    2 * length,
  );
  return Array.from(
    { length },
    (_, i): FilterRow => ({
      indices: Int32Array.from(along, (_, k) => reflected(i + k + first, length)),
      weights: along,
    }),
  );
}

/** Weights about a centre from their first on: of a window wider than the period of the mirrored axis, added up over it. */
function periodic(weights: Float64Array, period: number): { readonly first: number; readonly along: Float64Array } {
  const radius = (weights.length - 1) / 2;
  if (weights.length <= period) return { first: -radius, along: weights };
  const along = new Float64Array(period);
  for (const [k, weight] of weights.entries()) along[k % period] = (along[k % period] as number) + weight;
  return { first: -radius, along };
}

/** Where an axis that goes on as its mirror image is read beyond its ends: `c b a | a b c | c b a`. */
export function reflected(index: number, length: number): number {
  const within = ((index % (2 * length)) + 2 * length) % (2 * length);
  return within < length ? within : 2 * length - 1 - within;
}

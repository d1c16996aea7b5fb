import { assertNumber } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertPicture, isPicture } from './checkPicture.ts';
import { type FilterRow, type FilterTable, filterPlanes } from './filter.ts';
import { picture } from './picture.ts';
import { type Planes, planesOf } from './planes.ts';
import type { MapArray, Picture } from './types.ts';

/**
 * Blurs a picture or the maps of an array with a Gaussian, $w(d) \propto e^{-d^2 / 2\sigma^2}$, cut off at $4\sigma$.
 *
 * The image is reflected at its edges (`c b a | a b c`), so that the sum of a map stays as it is.
 *
 * @param source a picture, or an array `[h, w]`, `[n, h, w]` or `[n, h, w, c]`.
 * @param sigma standard deviation in pixels; 0 copies.
 * @returns a picture, or an array of the same shape.
 * @throws TypeError or RangeError if the source is none of these, or sigma negative or not finite.
 * @example
 * ```ts
 * import { blur } from 'vitrine';
 * const smooth = blur(map, 2);
 * ```
 */
export function blur(source: Picture, sigma: number): Picture;
export function blur(source: MapArray, sigma: number): NdArray;
export function blur(source: Picture | MapArray, sigma: number): Picture | NdArray {
  assertNumber('sigma', sigma, 0);
  if (isPicture(source)) {
    assertPicture('source', source);
    const { width, height } = source;
    const blurred = filterPlanes(source.data, { count: 1, height, width, channels: 4 }, tablesOf(source, sigma));
    return picture(width, height, Uint8ClampedArray.from(blurred));
  }
  const planes = planesOf('source', source);
  const blurred = filterPlanes(source.data, planes, tablesOf(planes, sigma));
  return { shape: [...source.shape], data: Float32Array.from(blurred) };
}

function tablesOf(
  { height, width }: Pick<Planes, 'height' | 'width'>,
  sigma: number,
): { rows: FilterTable; columns: FilterTable } {
  return { rows: gaussianTable(height, sigma), columns: gaussianTable(width, sigma) };
}

function gaussianTable(length: number, sigma: number): FilterTable {
  const radius = Math.round(4 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    sigma === 0 ? 1 : Math.exp(-0.5 * ((k - radius) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const normalized = weights.map((weight) => weight / total);
  return Array.from(
    { length },
    (_, i): FilterRow => ({
      indices: Int32Array.from(weights, (_, k) => reflected(i + k - radius, length)),
      weights: normalized,
    }),
  );
}

/** Where an axis that goes on as its mirror image is read beyond its ends: `c b a | a b c | c b a`. */
export function reflected(index: number, length: number): number {
  const within = ((index % (2 * length)) + 2 * length) % (2 * length);
  return within < length ? within : 2 * length - 1 - within;
}

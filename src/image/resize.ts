import type { NdArray } from '../numeric/ndarray.ts';
import { assertPicture, isPicture } from './checkPicture.ts';
import { type FilterTable, filterPlanes, filterRow } from './filter.ts';
import { picture } from './picture.ts';
import { heightAndWidth, planesOf, shapeWith } from './planes.ts';
import type { MapArray, Picture, Size } from './types.ts';

/** Options of {@link resize}. */
export interface ResizeOptions {
  /** Widens the filter where an image is made smaller, so that every pixel counts; false by default. */
  readonly antialias?: boolean;
}

/**
 * Resizes a picture or the maps of an array bilinearly, with pixel centres at half-integers.
 *
 * Output $i$ of $m$ is read at $(i + 1/2)\,n/m - 1/2$ of the $n$ inputs; beyond the outer centres the edge goes on. This
 * is what PyTorch calls `align_corners=False` and TensorFlow `half_pixel_centers=True`.
 *
 * @param source a picture, or an array `[h, w]`, `[n, h, w]` or `[n, h, w, c]`.
 * @param size height and width in pixels, or one number for both.
 * @param options `antialias`.
 * @returns a picture, or an array with the same other axes.
 * @throws TypeError or RangeError if source or size are none of these.
 * @example
 * ```ts
 * import { resize } from 'vitrine';
 * const larger = resize(map, [64, 64]); // [1, 64, 64]
 * const smaller = resize(picture, 16, { antialias: true });
 * ```
 */
export function resize(source: Picture, size: Size, options?: ResizeOptions): Picture;
export function resize(source: MapArray, size: Size, options?: ResizeOptions): NdArray;
export function resize(
  source: Picture | MapArray,
  size: Size,
  { antialias = false }: ResizeOptions = {},
): Picture | NdArray {
  const [height, width] = heightAndWidth('size', size);
  if (isPicture(source)) {
    assertPicture('source', source);
    const planes = { count: 1, height: source.height, width: source.width, channels: 4 };
    const rows = triangleTable(source.height, height, antialias);
    const columns = triangleTable(source.width, width, antialias);
    return picture(width, height, Uint8ClampedArray.from(filterPlanes(source.data, planes, { rows, columns })));
  }
  const planes = planesOf('source', source);
  const rows = triangleTable(planes.height, height, antialias);
  const columns = triangleTable(planes.width, width, antialias);
  return {
    shape: shapeWith(source.shape, [height, width]),
    data: Float32Array.from(filterPlanes(source.data, planes, { rows, columns })),
  };
}

// A triangle of half-width 1 (in inputs) interpolates; of half-width n/m it also averages.
function triangleTable(from: number, to: number, antialias: boolean): FilterTable {
  const scale = from / to;
  const reach = antialias ? Math.max(1, scale) : 1;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale - 0.5;
    const clamped = antialias ? centre : Math.min(Math.max(centre, 0), from - 1);
    return filterRow({ centre: clamped, reach, length: from }, (distance) => 1 - distance / reach);
  });
}

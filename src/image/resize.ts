import { assertRoom } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertOptions, flag, type OptionChecks } from '../numeric/options.ts';
import { atOnce } from '../numeric/sliced.ts';
import { assertPicture, isPicture } from './assertPicture.ts';
import { type FilterTable, filtering, filterRow } from './filter.ts';
import { heightAndWidth, lengthsOf, type Places, placesOf, shapeWith } from './maps/planes.ts';
import { picture } from './picture.ts';
import type { MapArray, Picture, PictureSize, VolumeSize } from './types.ts';

/** Options of {@link resize}. */
export interface ResizeOptions {
  /** Widens the filter where an image is made smaller, so that every pixel counts; false by default. */
  readonly antialias?: boolean;
}

/**
 * Resizes a picture or the maps of an array bilinearly, volumes trilinearly, with pixel centres at half-integers.
 *
 * Output $i$ of $m$ is read at $(i + 1/2)\,n/m - 1/2$ of the $n$ inputs; beyond the outer centres the edge goes on. This
 * is what PyTorch calls `align_corners=False` and TensorFlow `half_pixel_centers=True`.
 *
 * @param source a picture, or an array `[h, w]`, `[n, h, w]` or `[n, h, w, c]`; with three lengths volumes `[d, h, w]`,
 * `[n, d, h, w]` or `[n, d, h, w, c]`.
 * @param size height and width in pixels, or one number for both; `[depth, height, width]` of volumes.
 * @param options `antialias`.
 * @returns a picture, or an array with the same other axes.
 * @throws {VitrineError} if source or size are none of these.
 * @example
 * ```ts
 * import { resize } from 'vitrine';
 * const larger = resize(map, [64, 64]); // [1, 64, 64]
 * const smaller = resize(picture, 16, { antialias: true });
 * ```
 */
export function resize(source: Picture, size: PictureSize, options?: ResizeOptions): Picture;
export function resize(source: MapArray, size: PictureSize | VolumeSize, options?: ResizeOptions): NdArray;
export function resize(
  source: Picture | MapArray,
  size: PictureSize | VolumeSize,
  options: ResizeOptions = {},
): Picture | NdArray {
  assertOptions(options, checks);
  const { antialias = false } = options;
  if (isPicture(source)) {
    const sides = heightAndWidth('size', size as PictureSize);
    assertPicture('source', source);
    const places = { count: 1, lengths: [source.height, source.width], channels: 4 };
    assertFits(places, sides);
    const resized = atOnce(filtering(source.data, places, tablesOf(places, sides, antialias)));
    return picture(sides[1], sides[0], Uint8ClampedArray.from(resized));
  }
  const sides = lengthsOf('size', size);
  const places = placesOf('source', source, sides.length);
  assertFits(places, sides);
  return {
    shape: shapeWith(source.shape, sides),
    data: Float32Array.from(atOnce(filtering(source.data, places, tablesOf(places, sides, antialias)))),
  };
}

const checks: OptionChecks<ResizeOptions> = { antialias: flag };

/** Axis by axis: in between, an array may be larger than both the source and the result. */
function assertFits({ count, lengths, channels }: Places, sides: readonly number[]): void {
  assertRoom('size', [count, ...lengths.map((length, axis) => Math.max(length, sides[axis] as number)), channels]);
}

function tablesOf({ lengths }: Pick<Places, 'lengths'>, sides: readonly number[], antialias: boolean): FilterTable[] {
  return lengths.map((length, axis) => triangleTable(length, sides[axis] as number, antialias));
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

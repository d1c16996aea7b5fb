import type { NdArray } from '../numeric/ndarray.ts';

/** Bytes from 0 to 255 in memory of their own, which a canvas takes: what TypeScript from 5.7 on calls `Uint8ClampedArray<ArrayBuffer>`. */
export type PixelBytes = ReturnType<Uint8ClampedArray['slice']>;

/** A picture in 8-bit RGBA, row by row from the top left; `ImageData` of a browser is one. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `height × width × 4` numbers from 0 to 255: red, green, blue, opacity. */
  readonly data: PixelBytes;
}

/** Height and width in pixels, or one number for both. */
export type PictureSize = number | readonly [height: number, width: number];

/** Planes, rows and columns of a volume, in voxels. */
export type VolumeSize = readonly [depth: number, height: number, width: number];

/** One map `[h, w]`, or a map per example: `[n, h, w]` or, with channels, `[n, h, w, c]`. */
export type MapArray = NdArray<Float32Array | Float64Array>;

/**
 * How an image is divided: a label map `[h, w]` or `[n, h, w]` with the labels 0 … s − 1, cells along each side, about so
 * many superpixels, a scale of segments, or the longest link of a tree; see `segment`.
 */
export type Segments =
  | NdArray<Int32Array>
  | { readonly grid: number }
  | { readonly slic: number; readonly compactness?: number }
  | { readonly felzenszwalb: number; readonly sigma?: number; readonly minSize?: number }
  | { readonly quickshift: number; readonly kernelSize?: number; readonly ratio?: number };

import type { NdArray } from '../numeric/ndarray.ts';

/** A picture in 8-bit RGBA, row by row from the top left; `ImageData` of a browser is one. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `height × width × 4` numbers from 0 to 255: red, green, blue, opacity. */
  readonly data: Uint8ClampedArray;
}

/** Height and width in pixels, or one number for both. */
export type Size = number | readonly [height: number, width: number];

/** One map `[h, w]`, or a map per example: `[n, h, w]` or, with channels, `[n, h, w, c]`. */
export type MapArray = NdArray<Float32Array | Float64Array>;

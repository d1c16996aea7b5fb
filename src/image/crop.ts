import { picture as makePicture } from './picture.ts';
import type { Picture } from './types.ts';

/** A rectangle of pixels. */
export interface PixelWindow {
  /** The first row. */
  readonly top: number;
  /** The first column. */
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Which pixel of a picture of `width` columns is pixel `i` of a window, both counted row by row. */
export function pixelOf(i: number, window: PixelWindow, width: number): number {
  return (window.top + Math.floor(i / window.width)) * width + window.left + (i % window.width);
}

/** An array of any kind of numbers. */
interface Cells<A> {
  readonly shape: readonly number[];
  readonly data: A;
}

/** Cuts a window that lies within it out of an array `[n, h, w, c]`. */
export function crop<A extends Float32Array | Uint8Array | Uint8ClampedArray>(
  { shape, data }: Cells<A>,
  { top, left, height, width }: PixelWindow,
): Cells<A> {
  const [count, rows, columns, channels] = shape as readonly [number, number, number, number];
  const out = new (data.constructor as new (length: number) => A)(count * height * width * channels);
  for (let line = 0; line < count * height; line++) {
    const row = Math.floor(line / height) * rows + top + (line % height);
    const start = (row * columns + left) * channels;
    out.set(data.subarray(start, start + width * channels), line * width * channels);
  }
  return { shape: [count, height, width, channels], data: out };
}

/** Cuts a window that lies within it out of a picture. */
export function cropPicture({ width, height, data }: Picture, window: PixelWindow): Picture {
  return makePicture(window.width, window.height, crop({ shape: [1, height, width, 4], data }, window).data);
}

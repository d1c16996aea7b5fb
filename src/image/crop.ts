import type { NdArray } from '../numeric/ndarray.ts';

/** A rectangle of positions. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Cuts a window that lies within it out of an array `[n, h, w, c]`. */
export function crop({ shape, data }: NdArray, { top, left, height, width }: Window): NdArray {
  const [count, rows, columns, channels] = shape as readonly [number, number, number, number];
  const out = new Float32Array(count * height * width * channels);
  for (let line = 0; line < count * height; line++) {
    const row = Math.floor(line / height) * rows + top + (line % height);
    const start = (row * columns + left) * channels;
    out.set(data.subarray(start, start + width * channels), line * width * channels);
  }
  return { shape: [count, height, width, channels], data: out };
}

// The gradient of max pooling.
import { partStart } from './vector';

/**
 * The gradient of a max pooling of `batch` images [rows, columns, channels] to [outputRows, outputColumns, channels] by
 * windows [tall, wide]. Tap after tap of a window takes what is left of the cotangent where it holds the maximum, so that
 * the first one gets all:
 *   for (tap of window) if (input[tap] == output) { result[tap] += rest; rest = 0; }
 * Windows overlap, hence the sums. A part has rows of the images of its own: of a window that reaches into it from above,
 * it looks at the taps before, too.
 */
export function maxPoolGradient(
  cotangent: usize, input: usize, output: usize, result: usize,
  batch: i32, rows: i32, columns: i32, channels: i32, outputRows: i32, outputColumns: i32, tall: i32, wide: i32,
  rowStride: i32, columnStride: i32, before: i32, left: i32, part: i32, parts: i32,
): void {
  const pixel = <usize>channels << 2;
  const line = <usize>columns * pixel;
  const plane = <usize>rows * line;
  const pooled = <usize>(outputRows * outputColumns) * pixel;
  const last = partStart(batch * rows, part + 1, parts);
  for (let first = partStart(batch * rows, part, parts); first < last; ) {
    const image = first / rows;
    const from = first - image * rows;
    const to = min(rows, last - image * rows);
    const base = result + <usize>image * plane;
    memory.fill(base + <usize>from * line, 0, <usize>(to - from) * line);
    imageGradient(
      cotangent + <usize>image * pooled, input + <usize>image * plane, output + <usize>image * pooled, base,
      from, to, pixel, columns, outputRows, outputColumns, tall, wide, rowStride, columnStride, before, left,
    );
    first += to - from;
  }
}

/** Adds the gradient of one image in its rows from … to − 1. */
function imageGradient(
  cotangent: usize, input: usize, output: usize, result: usize, from: i32, to: i32, pixel: usize,
  columns: i32, outputRows: i32, outputColumns: i32, tall: i32, wide: i32,
  rowStride: i32, columnStride: i32, before: i32, left: i32,
): void {
  const line = <usize>columns * pixel;
  const outputLine = <usize>outputColumns * pixel;
  const vectors = pixel & ~15;
  for (let row = 0; row < outputRows; row++) {
    const top = max(row * rowStride - before, 0);
    const bottom = min(row * rowStride - before + tall, to);
    // Rows of the window before those of the part, and in it.
    const passed = max(from - top, 0);
    const met = bottom - top - passed;
    if (met <= 0) continue;
    let maxima = output + <usize>row * outputLine;
    let signal = cotangent + <usize>row * outputLine;
    for (let column = 0; column < outputColumns; column++) {
      const start = max(column * columnStride - left, 0);
      const width = <usize>max(0, min(column * columnStride - left + wide, columns) - start) * pixel;
      const corner = <usize>top * line + <usize>start * pixel;
      let at: usize = 0;
      for (; at < vectors; at += 16) {
        const maximum = v128.load(maxima + at);
        let rest = v128.load(signal + at);
        let place = corner + at;
        for (let r = 0; r < passed; r++) {
          for (const stop = place + width; place < stop; place += pixel) {
            rest = v128.andnot(rest, f32x4.eq(maximum, v128.load(input + place)));
          }
          place += line - width;
        }
        for (let r = 0; r < met; r++) {
          for (const stop = place + width; place < stop; place += pixel) {
            const holds = f32x4.eq(maximum, v128.load(input + place));
            v128.store(result + place, f32x4.add(v128.load(result + place), v128.and(rest, holds)));
            rest = v128.andnot(rest, holds);
          }
          place += line - width;
        }
      }
      for (; at < pixel; at += 4) {
        const maximum = v128.load32_zero(maxima + at);
        let rest = v128.load32_zero(signal + at);
        let place = corner + at;
        for (let r = 0; r < passed; r++) {
          for (const stop = place + width; place < stop; place += pixel) {
            rest = v128.andnot(rest, f32x4.eq(maximum, v128.load32_zero(input + place)));
          }
          place += line - width;
        }
        for (let r = 0; r < met; r++) {
          for (const stop = place + width; place < stop; place += pixel) {
            const holds = f32x4.eq(maximum, v128.load32_zero(input + place));
            const sum = f32x4.add(v128.load32_zero(result + place), v128.and(rest, holds));
            v128.store_lane<f32>(result + place, sum, 0);
            rest = v128.andnot(rest, holds);
          }
          place += line - width;
        }
      }
      maxima += pixel;
      signal += pixel;
    }
  }
}

// The gradient of depthwise filters, of which each channel has its own.
import { addTo, multiplyAdd, partStart } from './vector';

/** Positions of an output whose gradients are summed in registers before they are added to those of the others. */
const BLOCK = 256;

/**
 * The gradient of a depthwise convolution with respect to its filters [kh, kw, c, multiplier]:
 *   out[ky][kx][i][m] = Σ_images Σ_oy,ox image[oy · sh + ky · dh − top][ox · sw + kx · dw − left][i] · cotangent[oy][ox][i][m]
 *
 * 8 channels of the output at a time, then 4, then 1, and 3 taps of a row of the window at a time, then 1. With a
 * multiplier each image is made anew with its channels repeated; a part has its own channels, and needs for that a
 * `scratch` of h · w · (c · multiplier + 8) numbers.
 */
export function depthwiseFilterGradient(
  input: usize, cotangent: usize, out: usize, scratch: usize, scratchStep: usize,
  batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32, multiplier: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32, part: i32, parts: i32,
): void {
  const n = c * multiplier;
  const first = min(n, partStart((n + 7) >> 3, part, parts) << 3);
  const last = min(n, partStart((n + 7) >> 3, part + 1, parts) << 3);
  const repeated = scratch + scratchStep * <usize>part;
  const pixel = <usize>(multiplier == 1 ? n : last - first) << 2;
  const filter = <usize>n << 2;
  const blockRows = max(1, min(oh, BLOCK / ow));

  for (let b = 0; b < batch; b++) {
    let image = input + (<usize>(b * h * w * c) << 2);
    if (multiplier > 1) {
      repeatChannels(image, h * w, c, multiplier, first, last, repeated);
      image = repeated - (<usize>first << 2);
    }
    for (let oy = 0; oy < oh; oy += blockRows) {
      const end = min(oh, oy + blockRows);
      const isFirst = b == 0 && oy == 0;
      for (let channel = first; channel < last; ) {
        const width = last - channel >= 8 ? 8 : last - channel >= 4 ? 4 : 1;
        const from = image + (<usize>channel << 2);
        const by = cotangent + <usize>(b * oh * ow) * filter + (<usize>channel << 2);
        for (let ky = 0; ky < kh; ky++) {
          // Rows whose taps lie on the image.
          const offset = ky * dh - top;
          const low = max(oy, ceilDivide(-offset, sh));
          const high = min(end, ceilDivide(h - offset, sh));
          const row = from + <usize>(offset * w) * pixel;
          const step = <usize>(sh * w) * pixel;
          for (let kx = 0; kx < kw; ) {
            const taps = kx + 3 <= kw ? 3 : 1;
            const shift = kx * dw - left;
            const to = out + <usize>(ky * kw + kx) * filter + (<usize>channel << 2);
            sumTaps(
              taps, width, row + <usize>shift * pixel, step, <usize>sw * pixel, <usize>dw * pixel,
              by, <usize>ow * filter, filter, to, low, high, shift, w, ow, sw, dw, isFirst,
            );
            kx += taps;
          }
        }
        channel += width;
      }
    }
  }
}

/** The quotient rounded up, 0 at least. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function ceilDivide(a: i32, b: i32): i32 {
  return a <= 0 ? 0 : (a + b - 1) / b;
}

/** `rows` rows of `c` channels with each channel `multiplier` times, of these those from `first` to `last`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function repeatChannels(from: usize, rows: i32, c: i32, multiplier: i32, first: i32, last: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    let at = from + (<usize>(first / multiplier) << 2);
    let left = multiplier - (first % multiplier);
    for (let channel = first; channel < last; channel++) {
      store<f32>(to, load<f32>(at));
      to += 4;
      if (--left == 0) {
        left = multiplier;
        at += 4;
      }
    }
    from += <usize>c << 2;
  }
}

/**
 * Sums of 1 or 3 taps over the rows from `low` to `high`: where all of them lie on the image at once, then for each the
 * columns beside these. `x` is where the first tap of the first position lies, `shift` columns from the image's left.
 */
function sumTaps(
  taps: i32, width: i32, x: usize, line: usize, pixel: usize, tap: usize, by: usize, byLine: usize, byPixel: usize,
  to: usize, low: i32, high: i32, shift: i32, w: i32, ow: i32, sw: i32, dw: i32, isFirst: bool,
): void {
  const from = min(ow, ceilDivide(-shift, sw));
  const until = max(from, min(ow, ceilDivide(w - shift - (taps - 1) * dw, sw)));
  sumRange(taps, width, x, line, pixel, tap, by, byLine, byPixel, to, low, high, from, until, isFirst);
  if (taps == 1) return;
  for (let i = 0; i < taps; i++) {
    const start = ceilDivide(-shift, sw);
    const end = min(ow, ceilDivide(w - shift, sw));
    const before = min(from, end);
    const after = max(until, start);
    if (start < before) sumRange(1, width, x, line, pixel, tap, by, byLine, byPixel, to, low, high, start, before, false);
    if (after < end) sumRange(1, width, x, line, pixel, tap, by, byLine, byPixel, to, low, high, after, end, false);
    shift += dw;
    x += tap;
    to += byPixel;
  }
}

function sumRange(
  taps: i32, width: i32, x: usize, line: usize, pixel: usize, tap: usize, by: usize, byLine: usize, byPixel: usize,
  to: usize, low: i32, high: i32, from: i32, until: i32, isFirst: bool,
): void {
  if (taps == 3) {
    if (width == 8) sumOf(3, 8, x, line, pixel, tap, by, byLine, byPixel, to, low, high, from, until, isFirst);
    else if (width == 4) sumOf(3, 4, x, line, pixel, tap, by, byLine, byPixel, to, low, high, from, until, isFirst);
    else sumOf(3, 1, x, line, pixel, tap, by, byLine, byPixel, to, low, high, from, until, isFirst);
  } else {
    if (width == 8) sumOf(1, 8, x, line, pixel, tap, by, byLine, byPixel, to, low, high, from, until, isFirst);
    else if (width == 4) sumOf(1, 4, x, line, pixel, tap, by, byLine, byPixel, to, low, high, from, until, isFirst);
    else sumOf(1, 1, x, line, pixel, tap, by, byLine, byPixel, to, low, high, from, until, isFirst);
  }
}

/**
 * `taps` and `width` are constants where it is called, of which only what is needed is left:
 *   for (row) for (column) for (t of taps) for (i of width) sum[t][i] += x[t][i] * by[i];
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function sumOf(
  taps: i32, width: i32, x: usize, line: usize, pixel: usize, tap: usize, by: usize, byLine: usize, byPixel: usize,
  to: usize, low: i32, high: i32, from: i32, until: i32, isFirst: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00;
  for (let row = low; row < high; row++) {
    let at = x + <usize>row * line + <usize>from * pixel;
    let d = by + <usize>row * byLine + <usize>from * byPixel;
    for (let column = from; column < until; column++) {
      const d0 = loadFirst(d, width);
      s00 = multiplyAdd(loadFirst(at, width), d0, s00);
      if (taps == 3) {
        s10 = multiplyAdd(loadFirst(at + tap, width), d0, s10);
        s20 = multiplyAdd(loadFirst(at + 2 * tap, width), d0, s20);
      }
      if (width == 8) {
        const d1 = v128.load(d, 16);
        s01 = multiplyAdd(v128.load(at, 16), d1, s01);
        if (taps == 3) {
          s11 = multiplyAdd(v128.load(at + tap, 16), d1, s11);
          s21 = multiplyAdd(v128.load(at + 2 * tap, 16), d1, s21);
        }
      }
      at += pixel;
      d += byPixel;
    }
  }
  addTo(to, s00, width, isFirst);
  if (width == 8) addTo(to + 16, s01, width, isFirst);
  if (taps == 1) return;
  addTo(to + byPixel, s10, width, isFirst);
  addTo(to + 2 * byPixel, s20, width, isFirst);
  if (width == 8) {
    addTo(to + byPixel + 16, s11, width, isFirst);
    addTo(to + 2 * byPixel + 16, s21, width, isFirst);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function loadFirst(at: usize, count: i32): v128 {
  return count >= 4 ? v128.load(at) : v128.load32_zero(at);
}

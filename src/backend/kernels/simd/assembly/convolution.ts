// Convolutions with any window, pointwise ones and dense layers among them: products of several pixels' windows at once.
import { interleave, multiplyTile } from './tile';
import { multiplyTileToThree, ROWS_TO_THREE } from './tileToThree';
import { partStart } from './vector';

/**
 * A convolution of `batch` images [h, w, c] with a window [kh, kw] of n filters to [oh, ow, n], with a bias (none at
 * address 0), clamped to lowest … highest:
 *   out[y][x] = clamp(bias + Σ_ky,kx window[ky][kx] · image[y · sh + ky · dh − top][x · sw + kx · dw − left])
 * Each run of 4 output pixels is interleaved and multiplied; at the end the last pixel is made again. Where `toThree` is
 * not 0, for up to 3 filters and c a multiple of 4, without a dilation of columns, bias or clamp, sums run along the
 * windows of a few pixels instead: a panel of 8 filters would be mostly zeros.
 *
 * The results lie outImage, outLine and outPixel bytes apart, so that a phase of a strided gradient writes to its places.
 * `weights` is the kernel as `packPanels` makes it, or `packThree`. `scratch` needs, for each part, 10 · kh · kw · c + 4 · kh · kw + n + 32
 * numbers. A part makes some of the pixels; where they are few, some of the filters.
 */
export function convolve(
  input: usize, weights: usize, bias: usize, out: usize, scratch: usize, scratchStep: usize, toThree: i32,
  batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32, n: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32,
  outImage: i32, outLine: i32, outPixel: i32, lowest: f32, highest: f32, part: i32, parts: i32,
): void {
  const low = f32x4.splat(lowest);
  const high = f32x4.splat(highest);
  const count = batch * oh * ow;
  const depth = kh * kw * c;
  const row = <usize>(kw * c) << 2;
  const isWhole = dw == 1;
  const runs = isWhole ? kh : kh * kw;
  const length = isWhole ? kw * c : c;

  const pixels = toThree ? ROWS_TO_THREE : 4;
  const tiles = (count + pixels - 1) / pixels;
  const byFilters = tiles < parts;
  const first = byFilters ? 0 : partStart(tiles, part, parts) * pixels;
  const last = byFilters ? count : min(count, partStart(tiles, part + 1, parts) * pixels);
  const panelCount = (n + 7) >> 3;
  const firstPanel = byFilters ? partStart(panelCount, part, parts) : 0;
  const lastPanel = byFilters ? partStart(panelCount, part + 1, parts) : panelCount;
  if (first >= last || firstPanel >= lastPanel) return;
  weights += <usize>(firstPanel * depth) << 5;
  const filters = min(n, lastPanel << 3) - (firstPanel << 3);
  out += <usize>firstPanel << 5;

  const shifts = scratch + scratchStep * <usize>part;
  const zeros = shifts + (<usize>panelCount << 5);
  const outs = zeros + ((row + 15) & ~15);
  const pointers = outs + 16;
  const rows = pointers + (<usize>(kh * kw) << 4);
  const patches = rows + (<usize>depth << 4);
  copyBias(bias, firstPanel << 3, filters, shifts);
  memory.fill(zeros, 0, row);

  const pointerStep = <usize>pixels << 2;
  const image = <usize>(h * w * c) << 2;
  const line = first / ow;
  const before = line / oh;
  let ox = first - line * ow;
  let oy = line - before * oh;
  input += image * before;
  out += <usize>outImage * before;
  for (let i = first; i < last; i += pixels) {
    for (let r = 0; r < pixels; r++) {
      store<u32>(outs + (r << 2), <u32>(out + oy * outLine + ox * outPixel));
      const y0 = oy * sh - top;
      const x0 = ox * sw - left;
      const patch = patches + <usize>(r * kh) * row;
      if (isWhole) pointToRows(pointers + (r << 2), pointerStep, zeros, patch, input, h, w, c, y0, x0, kh, kw, dh);
      else pointToTaps(pointers + (r << 2), zeros, input, h, w, c, y0, x0, kh, kw, dh, dw);
      if (i + r + 1 >= count) continue;
      if (++ox < ow) continue;
      ox = 0;
      if (++oy < oh) continue;
      oy = 0;
      input += image;
      out += outImage;
    }
    if (toThree) {
      multiplyTileToThree(pointers, runs, length, weights, outs, filters);
      continue;
    }
    interleave(pointers, runs, length, rows);
    multiplyTile(rows, depth, weights, shifts, outs, filters, low, high);
  }
}

/** The biases of some filters, from `first` on, with zeros up to a multiple of 8. */
function copyBias(bias: usize, first: i32, count: i32, to: usize): void {
  memory.fill(to, 0, <usize>((count + 7) >> 3) << 5);
  if (bias) memory.copy(to, bias + (<usize>first << 2), <usize>count << 2);
}

/**
 * Where a window at one output pixel reads: for each of its rows the address of a piece of kw · c numbers, since columns
 * side by side are one piece. Rows beyond the border are `zeros`; one that lies half within is copied to `patch`.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function pointToRows(
  pointers: usize, step: usize, zeros: usize, patch: usize,
  image: usize, h: i32, w: i32, c: i32, y0: i32, x0: i32, kh: i32, kw: i32, dh: i32,
): void {
  const pixel = <usize>c << 2;
  const line = <usize>w * pixel;
  const row = <usize>kw * pixel;
  const isWithin = x0 >= 0 && x0 + kw <= w;
  for (let ky = 0; ky < kh; ky++) {
    const y = y0 + ky * dh;
    let at = zeros;
    if (<u32>y < <u32>h) {
      at = image + <usize>y * line + <usize>x0 * pixel;
      if (!isWithin) {
        const first = min(max(0, -x0), kw);
        const last = max(first, min(kw, w - x0));
        memory.fill(patch, 0, row);
        memory.copy(patch + <usize>first * pixel, at + <usize>first * pixel, <usize>(last - first) * pixel);
        at = patch;
        patch += row;
      }
    }
    store<u32>(pointers, <u32>at);
    pointers += step;
  }
}

/** The same where columns are apart: for each tap the address of a piece of c numbers. */
function pointToTaps(
  pointers: usize, zeros: usize,
  image: usize, h: i32, w: i32, c: i32, y0: i32, x0: i32, kh: i32, kw: i32, dh: i32, dw: i32,
): void {
  const pixel = <usize>c << 2;
  const line = <usize>w * pixel;
  for (let ky = 0; ky < kh; ky++) {
    const y = y0 + ky * dh;
    for (let kx = 0; kx < kw; kx++) {
      const x = x0 + kx * dw;
      const isWithin = <u32>y < <u32>h && <u32>x < <u32>w;
      store<u32>(pointers, <u32>(isWithin ? image + <usize>y * line + <usize>x * pixel : zeros));
      pointers += 16;
    }
  }
}

// 3 × 3 convolutions of stride 1 by Winograd's minimal filtering, F(m × m, 3 × 3) with m = 2 or 4.
import { interleave, multiplyTile } from './tile';
import { clamp, multiplyAdd, partStart } from './vector';

// F(4 × 4) on the points 0, ±5/8, ±3/2, ∞: with the usual 0, ±1, ±2, ∞ its errors are some three times as large.
const A: f32 = 0.625;
const B: f32 = 1.5;

/**
 * A 3 × 3 convolution of stride 1 of `batch` images [h, w, c] to [oh, ow, n], c and n multiples of 4, with a bias (none at
 * address 0), clamped: Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A for each tile d of (m + 2)² pixels (Lavin and Gray 2016, eq. 8).
 * For each block of tiles:
 *   for each tile: its (m + 2)² transformed pixels, of which the e-th is row `tile` of the matrix V[e];
 *   for each e: M[e] = V[e] · U[e], by the product of 4 rows at a time;
 *   for each tile: the transform of its (m + 2)² rows of M, plus bias, clamped.
 * `starts`, if not 0, holds for each image where its tiles begin, in rows and columns before its first pixel: a part of an
 * image of which the whole was computed gets the same bits by m = 2 if its tiles lie as they did there.
 * `weights` is U as `packWinograd` makes it. `block` is a multiple of 4. `scratch` needs, for each part, of numbers:
 * 4 · (m + 2)² + 8, n twice, each rounded up to panels of 8, (m + 2)² · c + 4 · c, and (m + 2)² times block · (c + n) + 64.
 */
export function winograd(
  input: usize, weights: usize, bias: usize, starts: usize, out: usize, scratch: usize, scratchStep: usize,
  m: i32, block: i32,
  batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32, n: i32, top: i32, left: i32,
  lowest: f32, highest: f32, part: i32, parts: i32,
): void {
  const low = f32x4.splat(lowest);
  const high = f32x4.splat(highest);
  const none = f32x4.splat(-Infinity);
  const all = f32x4.splat(Infinity);
  const side = m + 2;
  const points = side * side;
  const most = starts ? m - 1 : 0;
  const tileRows = (oh + most + m - 1) / m;
  const tileColumns = (ow + most + m - 1) / m;
  const perImage = tileRows * tileColumns;
  const tiles = batch * perImage;
  const pixel = <usize>c << 2;
  const line = <usize>w * pixel;
  const outPixel = <usize>n << 2;
  const outLine = <usize>ow * outPixel;

  const square = scratch + scratchStep * <usize>part;
  const pointers = square + (<usize>points << 4);
  const outs = pointers + 16;
  const shifts = outs + 16;
  const zeros = shifts + (<usize>(n + 7) >> 3 << 5);
  const patch = zeros + (<usize>(n + 7) >> 3 << 5);
  const rows = patch + <usize>points * pixel;
  const V = rows + (pixel << 2);
  // An odd number of cache lines apart, or the matrices fall on the same sets of the cache.
  const vStep = ((<usize>block * pixel + 127) & ~127) | 64;
  const mStep = ((<usize>block * outPixel + 127) & ~127) | 64;
  const M = V + <usize>points * vStep;
  const uStep = (<usize>((n + 7) >> 3) * pixel) << 3;
  memory.fill(zeros, 0, <usize>((n + 7) >> 3) << 5);
  if (bias) memory.copy(shifts, bias, outPixel);
  else memory.fill(shifts, 0, outPixel);

  const end = partStart(tiles, part + 1, parts);
  for (let first = partStart(tiles, part, parts); first < end; first += block) {
    const count = min(block, end - first);
    for (let t = 0; t < count; t++) {
      const n0 = (first + t) / perImage;
      const at = first + t - n0 * perImage;
      const ty = at / tileColumns;
      const y0 = ty * m - startOf(starts, n0, 0) - top;
      const x0 = (at - ty * tileColumns) * m - startOf(starts, n0, 1) - left;
      const image = input + <usize>n0 * <usize>h * line;
      const isWithin = y0 >= 0 && x0 >= 0 && y0 + side <= h && x0 + side <= w;
      if (!isWithin) copyTile(image, h, w, pixel, y0, x0, side, patch);
      const from = isWithin ? image + <usize>y0 * line + <usize>x0 * pixel : patch;
      const stride = isWithin ? line : <usize>side * pixel;
      if (m == 2) transformInput2(from, stride, pixel, c, V + <usize>t * pixel, vStep);
      else transformInput4(from, stride, pixel, c, square, V + <usize>t * pixel, vStep);
    }
    for (let e = 0; e < points; e++) {
      const v = V + <usize>e * vStep;
      const product = M + <usize>e * mStep;
      for (let t = 0; t < count; t += 4) {
        for (let r = 0; r < 4; r++) {
          const at = <usize>min(t + r, count - 1);
          store<u32>(pointers + (r << 2), <u32>(v + at * pixel));
          store<u32>(outs + (r << 2), <u32>(product + at * outPixel));
        }
        interleave(pointers, 1, c, rows);
        multiplyTile(rows, c, weights + <usize>e * uStep, zeros, outs, n, none, all);
      }
    }
    for (let t = 0; t < count; t++) {
      const n0 = (first + t) / perImage;
      const at = first + t - n0 * perImage;
      const ty = at / tileColumns;
      const oy = ty * m - startOf(starts, n0, 0);
      const ox = (at - ty * tileColumns) * m - startOf(starts, n0, 1);
      const to = out + <usize>n0 * <usize>oh * outLine + <usize>oy * outLine + <usize>ox * outPixel;
      const product = M + <usize>t * outPixel;
      const height = min(m, oh - oy);
      const width = min(m, ow - ox);
      if (m == 2) {
        transformOutput2(
          product, mStep, n, shifts, to, outLine, outPixel, max(0, -oy), height, max(0, -ox), width, low, high,
        );
      } else transformOutput4(product, mStep, n, square, shifts, to, outLine, outPixel, height, width, low, high);
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function startOf(starts: usize, image: i32, axis: i32): i32 {
  return starts ? <i32>load<f32>(starts + (<usize>(2 * image + axis) << 2)) : 0;
}

/** A tile that reaches over the border, with zeros there. */
function copyTile(image: usize, h: i32, w: i32, pixel: usize, y0: i32, x0: i32, side: i32, to: usize): void {
  for (let y = y0; y < y0 + side; y++) {
    for (let x = x0; x < x0 + side; x++) {
      const isWithin = <u32>y < <u32>h && <u32>x < <u32>w;
      if (isWithin) memory.copy(to, image + (<usize>y * <usize>w + <usize>x) * pixel, pixel);
      else memory.fill(to, 0, pixel);
      to += pixel;
    }
  }
}

/**
 * Bᵀ d B of F(2 × 2): rows d₀ − d₂, d₁ + d₂, d₂ − d₁, d₁ − d₃, and of these the columns likewise. A loop over the rows of
 * the result, each of which needs two rows of pixels.
 */
function transformInput2(from: usize, line: usize, pixel: usize, c: i32, to: usize, step: usize): void {
  for (let r = 0; r < 4; r++) {
    let p = from + line * <usize>(r == 0 ? 0 : r == 2 ? 2 : 1);
    let q = from + line * <usize>(r < 2 ? 2 : r == 2 ? 1 : 3);
    const sign = f32x4.splat(r == 1 ? 1 : -1);
    let o = to + step * <usize>(r << 2);
    for (let i = 0; i < c; i += 4) {
      const d0 = multiplyAdd(sign, v128.load(q), v128.load(p));
      const d1 = multiplyAdd(sign, v128.load(q + pixel), v128.load(p + pixel));
      const d2 = multiplyAdd(sign, v128.load(q + 2 * pixel), v128.load(p + 2 * pixel));
      const d3 = multiplyAdd(sign, v128.load(q + 3 * pixel), v128.load(p + 3 * pixel));
      v128.store(o, f32x4.sub(d0, d2));
      v128.store(o + step, f32x4.add(d1, d2));
      v128.store(o + 2 * step, f32x4.sub(d2, d1));
      v128.store(o + 3 * step, f32x4.sub(d1, d3));
      p += 16;
      q += 16;
      o += 16;
    }
  }
}

/**
 * Aᵀ m A of F(2 × 2): rows m₀ + m₁ + m₂ and m₁ − m₂ − m₃, and of these the columns likewise. Of the four results those
 * from row `top` to `height` and column `left` to `width` are written.
 */
function transformOutput2(
  from: usize, step: usize, n: i32, bias: usize, to: usize, line: usize, pixel: usize,
  top: i32, height: i32, left: i32, width: i32, low: v128, high: v128,
): void {
  to += line * <usize>top;
  for (let r = top; r < height; r++) {
    const sign = f32x4.splat(r == 0 ? 1 : -1);
    // m₀ + (m₁ + m₂), or m₁ − (m₂ + m₃).
    let m0 = from + step * <usize>(r << 2);
    let o = to;
    let b = bias;
    for (let i = 0; i < n; i += 4) {
      const m1 = m0 + 4 * step;
      const m2 = m0 + 8 * step;
      const d0 = multiplyAdd(sign, f32x4.add(v128.load(m1), v128.load(m2)), v128.load(m0));
      const d1 = multiplyAdd(sign, f32x4.add(v128.load(m1 + step), v128.load(m2 + step)), v128.load(m0 + step));
      const d2 = multiplyAdd(
        sign, f32x4.add(v128.load(m1 + 2 * step), v128.load(m2 + 2 * step)), v128.load(m0 + 2 * step),
      );
      const d3 = multiplyAdd(
        sign, f32x4.add(v128.load(m1 + 3 * step), v128.load(m2 + 3 * step)), v128.load(m0 + 3 * step),
      );
      const shift = v128.load(b);
      if (left < 1 && width > 0) v128.store(o, clamp(f32x4.add(f32x4.add(f32x4.add(d0, d1), d2), shift), low, high));
      if (width > 1) {
        v128.store(o + pixel, clamp(f32x4.add(f32x4.sub(f32x4.sub(d1, d2), d3), shift), low, high));
      }
      m0 += 16;
      o += 16;
      b += 16;
    }
    to += line;
  }
}

/** Bᵀ d B of F(4 × 4), 4 channels at a time: along the rows into `square`, then along the columns. */
function transformInput4(from: usize, line: usize, pixel: usize, c: i32, square: usize, to: usize, step: usize): void {
  for (let i = 0; i < c; i += 4) {
    let p = from + (<usize>i << 2);
    for (let j = 0; j < 6; j++) {
      mixSix(p, line, square + (<usize>j << 4), 96);
      p += pixel;
    }
    let o = to + (<usize>i << 2);
    for (let j = 0; j < 6; j++) {
      mixSix(square + <usize>(j * 96), 16, o, step);
      o += 6 * step;
    }
  }
}

/** Six numbers d of a polynomial's samples as Bᵀ d, for the points 0, A, −A, B, −B, ∞. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function mixSix(from: usize, stride: usize, to: usize, step: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + stride);
  const d2 = v128.load(from + 2 * stride);
  const d3 = v128.load(from + 3 * stride);
  const d4 = v128.load(from + 4 * stride);
  const d5 = v128.load(from + 5 * stride);
  const evenA = multiplyAdd(f32x4.splat(-B * B), d2, d4);
  const oddA = multiplyAdd(f32x4.splat(-B * B), d1, d3);
  const evenB = multiplyAdd(f32x4.splat(-A * A), d2, d4);
  const oddB = multiplyAdd(f32x4.splat(-A * A), d1, d3);
  const both = f32x4.splat(A * A * B * B);
  const sum = f32x4.splat(-(A * A + B * B));
  v128.store(to, multiplyAdd(both, d0, multiplyAdd(sum, d2, d4)));
  v128.store(to + step, multiplyAdd(f32x4.splat(A), oddA, evenA));
  v128.store(to + 2 * step, multiplyAdd(f32x4.splat(-A), oddA, evenA));
  v128.store(to + 3 * step, multiplyAdd(f32x4.splat(B), oddB, evenB));
  v128.store(to + 4 * step, multiplyAdd(f32x4.splat(-B), oddB, evenB));
  v128.store(to + 5 * step, multiplyAdd(both, d1, multiplyAdd(sum, d3, d5)));
}

/** Aᵀ m A of F(4 × 4): the values at the six points as four sums, along the rows into `square`, then along the columns. */
function transformOutput4(
  from: usize, step: usize, n: i32, square: usize, bias: usize, to: usize, line: usize, pixel: usize,
  height: i32, width: i32, low: v128, high: v128,
): void {
  for (let i = 0; i < n; i += 4) {
    let p = from + (<usize>i << 2);
    const shift = v128.load(bias + (<usize>i << 2));
    for (let j = 0; j < 6; j++) {
      const q = square + (<usize>j << 4);
      const d0 = v128.load(p);
      const d1 = v128.load(p + 6 * step);
      const d2 = v128.load(p + 12 * step);
      const d3 = v128.load(p + 18 * step);
      const d4 = v128.load(p + 24 * step);
      const evenA = f32x4.add(d1, d2);
      const oddA = f32x4.sub(d1, d2);
      const evenB = f32x4.add(d3, d4);
      const oddB = f32x4.sub(d3, d4);
      v128.store(q, f32x4.add(f32x4.add(d0, evenA), evenB));
      v128.store(q, first(oddA, oddB), 96);
      v128.store(q, second(evenA, evenB), 192);
      v128.store(q, third(oddA, oddB, v128.load(p + 30 * step)), 288);
      p += step;
    }
    let o = to + (<usize>i << 2);
    for (let j = 0; j < height; j++) {
      const q = square + <usize>(j * 96);
      const d1 = v128.load(q, 16);
      const d2 = v128.load(q, 32);
      const d3 = v128.load(q, 48);
      const d4 = v128.load(q, 64);
      const evenA = f32x4.add(d1, d2);
      const oddA = f32x4.sub(d1, d2);
      const evenB = f32x4.add(d3, d4);
      const oddB = f32x4.sub(d3, d4);
      const sum = f32x4.add(f32x4.add(v128.load(q), evenA), evenB);
      v128.store(o, clamp(f32x4.add(sum, shift), low, high));
      if (width > 1) v128.store(o + pixel, clamp(f32x4.add(first(oddA, oddB), shift), low, high));
      if (width > 2) v128.store(o + 2 * pixel, clamp(f32x4.add(second(evenA, evenB), shift), low, high));
      if (width > 3) {
        v128.store(o + 3 * pixel, clamp(f32x4.add(third(oddA, oddB, v128.load(q, 80)), shift), low, high));
      }
      o += line;
    }
  }
}

/** A · a + B · b. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function first(a: v128, b: v128): v128 {
  return multiplyAdd(f32x4.splat(A), a, f32x4.mul(f32x4.splat(B), b));
}

/** A² · a + B² · b. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function second(a: v128, b: v128): v128 {
  return multiplyAdd(f32x4.splat(A * A), a, f32x4.mul(f32x4.splat(B * B), b));
}

/** A³ · a + B³ · b + c. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function third(a: v128, b: v128, c: v128): v128 {
  return multiplyAdd(f32x4.splat(A * A * A), a, multiplyAdd(f32x4.splat(B * B * B), b, c));
}

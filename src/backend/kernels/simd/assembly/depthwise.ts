// Depthwise convolutions and their input gradients: every channel by itself, a few columns of 4 channels at a time.
import { blockOf, columnsOf, passRow } from './depthwiseBlocks';
import { partStart } from './vector';

/**
 * A depthwise convolution of `batch` images [h, w, c] with a window [kh, kw] to [oh, ow, c], with a bias (none where
 * its address is 0), clamped to lowest … highest:
 *   out[y][x][i] = clamp(bias[i] + Σ_k,l kernel[k][l][i] · image[y · sh + k · dh − top][x · sw + l · dw − left][i])
 * Taps are added one after the other, row by row. `scratch` holds, for each part, 5 pixels, 2 addresses for each row of
 * the window, and as many rows as it spans, with zeros around them.
 */
export function depthwise(
  input: usize, kernel: usize, bias: usize, out: usize, scratch: usize, scratchStep: usize,
  batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32, kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32,
  top: i32, left: i32, lowest: f32, highest: f32, part: i32, parts: i32,
): void {
  const low = f32x4.splat(lowest);
  const high = f32x4.splat(highest);
  const pixel = c << 2;
  const columns = columnsOf(blockOf(kw, sw, dw, c));
  const tail = (kw - 1) * dw + 1;
  const reach = (columns - 1) * sw + tail;
  const last = max(w, (max(ow, columns) - 1) * sw + tail - left);

  const zeros = scratch + scratchStep * <usize>part;
  const spare = zeros + pixel;
  const rows = spare + (pixel << 2);
  const slots = (kh - 1) * dh + 1;
  const held = rows + (kh << 3);
  const strips = (held + (slots << 2) + 63) & ~63;
  memory.fill(zeros, 0, pixel);
  memory.fill(held, 0xff, slots << 2);

  const end = partStart(batch * oh, part + 1, parts);
  for (let line = partStart(batch * oh, part, parts); line < end; line++) {
    const image = line / oh;
    const y0 = (line - image * oh) * sh - top;
    let stop = rows;
    let taps = kernel;
    for (let ky = 0; ky < kh; ky++) {
      const y = y0 + ky * dh;
      if (y < 0) taps += kw * pixel;
      if (<u32>y >= <u32>h) continue;
      stop = addRow(stop, input, image * h + y, w, pixel, -left, last, reach, held, slots, strips, 0);
    }
    passRow(
      rows, stop, w, pixel, -left, taps, pixel, kw * pixel, kw, sw, dw,
      bias ? bias : zeros, spare, out + line * ow * pixel, pixel, ow, c, low, high,
    );
  }
}

/**
 * The input gradient of that convolution, from the cotangent [oh, ow, c] of its output:
 *   out[y][x][i] = Σ_k,l kernel[k][l][i] · cotangent[(y + top − k · dh) / sh][(x + left − l · dw) / sw][i]
 * over the taps at which both quotients are whole numbers. Input columns that leave the same rest when divided by sw
 * meet the same taps, at cotangent columns that fall as the taps rise: seen from the last column, each such phase is a
 * convolution of stride 1, and taps are added in the order of the kernel.
 */
export function depthwiseInputGradient(
  cotangent: usize, kernel: usize, out: usize, scratch: usize, scratchStep: usize,
  batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32, kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32,
  top: i32, left: i32, part: i32, parts: i32,
): void {
  const low = f32x4.splat(-Infinity);
  const high = f32x4.splat(Infinity);
  const pixel = c << 2;
  // From one tap that meets a position to the next.
  const down = sh / commonDivisor(sh, dh);
  const across = sw / commonDivisor(sw, dw);
  const apart = dw * across / sw;

  // What columns of the cotangent, counted from its last one, the windows reach.
  let first = 0;
  let last = ow;
  let reach = 1;
  for (let rest = 0; rest < min(sw, w); rest++) {
    const count = (w - rest + sw - 1) / sw;
    const kx = firstTap(rest + left, kw, sw, dw, across);
    const met = (kw - kx + across - 1) / across;
    if (met == 0) continue;
    const start = ow - count - (rest + left - kx * dw) / sw;
    const columns = columnsOf(blockOf(met, 1, apart, c));
    first = min(first, start);
    last = max(last, start + max(count, columns) + (met - 1) * apart);
    reach = max(reach, columns + (met - 1) * apart);
  }

  const zeros = scratch + scratchStep * <usize>part;
  const spare = zeros + pixel;
  const rows = spare + (pixel << 2);
  const slots = (kh - 1) * dh / sh + 1;
  const held = rows + (kh << 3);
  const strips = (held + (slots << 2) + 63) & ~63;
  memory.fill(zeros, 0, pixel);
  memory.fill(held, 0xff, slots << 2);

  const end = partStart(batch * h, part + 1, parts);
  for (let line = partStart(batch * h, part, parts); line < end; line++) {
    const image = line / h;
    const y = line - image * h + top;
    let stop = rows;
    let taps = kernel;
    for (let ky = firstTap(y, kh, sh, dh, down); ky < kh; ky += down) {
      const oy = (y - ky * dh) / sh;
      if (y < ky * dh || oy >= oh) continue;
      if (stop == rows) taps = kernel + ky * kw * pixel;
      stop = addRow(
        stop, cotangent, image * oh + oy, ow, pixel, ow - last, ow - first, reach, held, slots, strips, ow - 1,
      );
    }
    for (let rest = 0; rest < min(sw, w); rest++) {
      const count = (w - rest + sw - 1) / sw;
      const kx = firstTap(rest + left, kw, sw, dw, across);
      const met = (kw - kx + across - 1) / across;
      const start = ow - count - (rest + left - kx * dw) / sw;
      passRow(
        rows, met ? stop : rows, ow, -pixel, start,
        taps + kx * pixel, across * pixel, down * kw * pixel, max(met, 1), 1, apart,
        zeros, spare, out + (line * w + rest + (count - 1) * sw) * pixel, -sw * pixel, count, c, low, high,
      );
    }
  }
}

/** Each of `count` numbers `times` times: out[i · times + j] = x[i]. */
export function repeatChannels(x: usize, out: usize, count: i32, times: i32, part: i32, parts: i32): void {
  const last = partStart(count, part + 1, parts);
  for (let i = partStart(count, part, parts); i < last; i++) {
    const value = load<f32>(x + (i << 2));
    const to = out + ((i * times) << 2);
    for (let j = 0; j < times; j++) store<f32>(to + (j << 2), value);
  }
}

/** The first of `count` taps, `dilation` apart, that meets `at` in steps of `stride`; `count` where none does. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function firstTap(at: i32, count: i32, stride: i32, dilation: i32, period: i32): i32 {
  let tap = 0;
  while (tap < min(count, period) && (at - tap * dilation) % stride != 0) tap++;
  return tap < period ? tap : count;
}

function commonDivisor(a: i32, b: i32): i32 {
  while (b) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/**
 * Adds a row of an image to the list of those that a window reads: two addresses of its column `zero`, in the image,
 * and in a copy that has zeros beyond the border, from column `first` to before `last`. Of the copy only what windows
 * read that reach over the border is written. Copies of the last `slots` rows are kept.
 */
function addRow(
  list: usize, input: usize, row: i32, w: i32, pixel: i32, first: i32, last: i32, reach: i32,
  held: usize, slots: i32, strips: usize, zero: i32,
): usize {
  const at = input + row * w * pixel;
  store<u32>(list, <u32>(at + zero * pixel));
  let copy = at;
  if (first < 0 || last > w) {
    const slot = row % slots;
    copy = strips + (slot * (last - first) - first) * pixel;
    if (load<i32>(held + (slot << 2)) != row) {
      store<i32>(held + (slot << 2), row);
      const near = min(w, reach - 1);
      const far = max(near, w - reach + 1);
      memory.fill(copy + first * pixel, 0, -first * pixel);
      memory.copy(copy, at, near * pixel);
      memory.copy(copy + far * pixel, at + far * pixel, (w - far) * pixel);
      memory.fill(copy + w * pixel, 0, (last - w) * pixel);
    }
  }
  store<u32>(list, <u32>(copy + zero * pixel), 4);
  return list + 8;
}

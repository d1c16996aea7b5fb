// The gradient of filters: for each weight the sum over all positions of what it met times the cotangent of what it fed.
import { addTo, multiplyAdd, partStart } from './vector';

/**
 * The gradient of a convolution with respect to its filters [kh, kw, c, n], of `batch` images [h, w, c] and cotangents
 * [oh, ow, n]:
 *   out[ky][kx][i][j] = Σ_images Σ_oy,ox image[oy · sh + ky · dh − top][ox · sw + kx · dw − left][i] · cotangent[oy][ox][j]
 *
 * Block by block of positions: `blockRows` output rows of `blockImages` images, one of the two being all or 1. What a
 * block reads of the images is copied with zeros around it, and its cotangents 8 filters at a time; then 4 × 8 weights
 * at once are summed over the block in registers and added to what the blocks before it gave. Where taps are not apart,
 * a row of a filter is one list of kw · c numbers, which 4 by 4 has no remainder to speak of even with one channel.
 *
 * A part has its own weights. `scratch` needs, for each part, for the images of a block blockImages · H · W · c numbers,
 * where H = (blockRows − 1) · sh + (kh − 1) · dh + 1 and W = (ow − 1) · sw + (kw − 1) · dw + 1, for the cotangents
 * 8 · blockImages · blockRows · ow, and 40.
 */
export function convFilterGradient(
  input: usize, cotangent: usize, out: usize, scratch: usize, scratchStep: usize,
  batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32, n: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32,
  blockImages: i32, blockRows: i32, part: i32, parts: i32,
): void {
  const runs = dw > 1 ? kw : 1;
  const length = dw > 1 ? c : kw * c;
  const tilesOfRun = (length + 3) >> 2;
  const tilesOfRow = runs * tilesOfRun;
  const tiles = kh * tilesOfRow;
  const count = tiles * ((n + 7) >> 3);
  const first = partStart(count, part, parts);
  const last = partStart(count, part + 1, parts);

  const pixel = <usize>c << 2;
  const wide = (ow - 1) * sw + (kw - 1) * dw + 1;
  const line = <usize>wide * pixel;
  const tile = scratch + scratchStep * <usize>part;
  const panel = tile + 128;
  const filter = <usize>n << 2;

  for (let b = 0; b < batch; b += blockImages) {
    const images = min(blockImages, batch - b);
    for (let oy = 0; oy < oh; oy += blockRows) {
      const rows = min(blockRows, oh - oy);
      const high = (rows - 1) * sh + (kh - 1) * dh + 1;
      const positions = images * rows * ow;
      const plane = panel + (<usize>positions << 5);
      const isFirst = b == 0 && oy == 0;
      for (let i = 0; i < images; i++) {
        copyPlane(
          input + <usize>((b + i) * h * w) * pixel, h, w, pixel,
          plane + <usize>i * <usize>high * line, high, wide, oy * sh - top, -left,
        );
      }
      const cotangents = cotangent + <usize>((b * oh + oy) * ow) * filter;
      let index = first;
      while (index < last) {
        const column = (index / tiles) << 3;
        const columns = min(8, n - column);
        copyPanel(cotangents + (<usize>column << 2), filter, columns, positions, panel);
        const end = min(last, index - (index % tiles) + tiles);
        for (; index < end; index++) {
          const place = index % tiles;
          const ky = place / tilesOfRow;
          const kx = (place % tilesOfRow) / tilesOfRun;
          const at = (place % tilesOfRun) << 2;
          const to = out + <usize>((ky * kw + kx) * c + at) * filter + (<usize>column << 2);
          sumTile(
            plane + <usize>(ky * dh) * line + <usize>(kx * dw) * pixel + (<usize>at << 2),
            <usize>high * line, <usize>sh * line, <usize>sw * pixel, images, rows, ow,
            panel, tile, to, filter, min(4, length - at), columns, isFirst,
          );
        }
      }
    }
  }
}

/** A part of an image from y0, x0 on, zeros where it reaches beyond. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function copyPlane(
  image: usize, h: i32, w: i32, pixel: usize, to: usize, high: i32, wide: i32, y0: i32, x0: i32,
): void {
  const line = <usize>wide * pixel;
  const before = min(max(-x0, 0), wide);
  const inside = max(min(w - x0, wide) - before, 0);
  const skipped = <usize>before * pixel;
  const length = <usize>inside * pixel;
  for (let y = y0; y < y0 + high; y++) {
    if (<u32>y < <u32>h) {
      memory.fill(to, 0, skipped);
      memory.copy(to + skipped, image + <usize>(y * w + x0 + before) * pixel, length);
      memory.fill(to + skipped + length, 0, line - skipped - length);
    } else {
      memory.fill(to, 0, line);
    }
    to += line;
  }
}

/** Up to 8 columns of a matrix whose rows are `step` bytes apart, as [rows, 8]. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function copyPanel(from: usize, step: usize, columns: i32, rows: i32, to: usize): void {
  const end = to + (<usize>rows << 5);
  if (columns == 8) {
    for (; to < end; to += 32) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += step;
    }
    return;
  }
  memory.fill(to, 0, end - to);
  for (; to < end; to += 32) {
    for (let i = 0; i < columns; i++) store<f32>(to + (i << 2), load<f32>(from + (i << 2)));
    from += step;
  }
}

/**
 * 4 × 8 weights, summed over positions:
 *   for (image) for (row) for (column) for (r of 4) for (j of 8) sum[r][j] += x[r] * panel[j];
 * where x goes `pixel`, `line` and `plane` bytes a step. Not unrolled, as `multiplyTile`. `tile` is room for 32 numbers.
 */
function sumTile(
  x: usize, plane: usize, line: usize, pixel: usize, images: i32, rows: i32, columns: i32,
  panel: usize, tile: usize, to: usize, filter: usize, height: i32, width: i32, isFirst: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const length = <usize>columns * pixel;
  for (let image = 0; image < images; image++) {
    let from = x;
    for (let row = 0; row < rows; row++) {
      const end = from + length;
      for (let at = from; at < end; at += pixel) {
        const b0 = v128.load(panel);
        const b1 = v128.load(panel, 16);
        const x0 = v128.load32_splat(at);
        s00 = multiplyAdd(x0, b0, s00);
        s01 = multiplyAdd(x0, b1, s01);
        const x1 = v128.load32_splat(at, 4);
        s10 = multiplyAdd(x1, b0, s10);
        s11 = multiplyAdd(x1, b1, s11);
        const x2 = v128.load32_splat(at, 8);
        s20 = multiplyAdd(x2, b0, s20);
        s21 = multiplyAdd(x2, b1, s21);
        const x3 = v128.load32_splat(at, 12);
        s30 = multiplyAdd(x3, b0, s30);
        s31 = multiplyAdd(x3, b1, s31);
        panel += 32;
      }
      from += line;
    }
    x += plane;
  }
  v128.store(tile, s00);
  v128.store(tile, s01, 16);
  v128.store(tile, s10, 32);
  v128.store(tile, s11, 48);
  v128.store(tile, s20, 64);
  v128.store(tile, s21, 80);
  v128.store(tile, s30, 96);
  v128.store(tile, s31, 112);
  for (let row = 0; row < height; row++) {
    let i = 0;
    for (; i + 4 <= width; i += 4) addTo(to + (i << 2), v128.load(tile + (i << 2)), 4, isFirst);
    for (; i < width; i++) addTo(to + (i << 2), v128.load32_zero(tile + (i << 2)), 1, isFirst);
    tile += 32;
    to += filter;
  }
}

// Pictures read at the places of an affine map, and the transpose of that.
import { loadFirst, partStart, storeFirst } from './vector';

/** What is outside of a picture: as it is in `outside`; else it has the value `fill`. */
const MIRRORED = 1;
const REPEATED = 2;

/**
 * Pictures [tall, wide, channels] that show `batch` pictures [rows, columns, channels] at the places of affine maps:
 *   y = a * row + b * column + c; x = d * row + e * column + f; i = floor(y); j = floor(x)
 *   result[row, column] = sum over k, l in 0, 1 of |1 - k - (y - i)| * |1 - l - (x - j)| * picture[i + k, j + l]
 * `maps` holds the six numbers of the map of each picture; the next one lies `mapStep` bytes further, 0 where all have
 * the same. Places are computed in 64 bits, weights in 32.
 */
export function sampleAffine(
  pictures: usize, maps: usize, result: usize, batch: i32, rows: i32, columns: i32, channels: i32,
  tall: i32, wide: i32, mapStep: i32, outside: i32, fill: f32, part: i32, parts: i32,
): void {
  const pixel = <usize>channels << 2;
  const line = <usize>columns * pixel;
  const first = partStart(batch * tall, part, parts);
  const last = partStart(batch * tall, part + 1, parts);
  let to = result + <usize>(first * wide) * pixel;
  for (let at = first; at < last; at++) {
    const image = at / tall;
    const base = pictures + <usize>(image * rows) * line;
    const map = maps + <usize>(image * mapStep);
    const y0 = numberAt(map, 0) * <f64>(at - image * tall) + numberAt(map, 8);
    const x0 = numberAt(map, 12) * <f64>(at - image * tall) + numberAt(map, 20);
    const b = numberAt(map, 4);
    const e = numberAt(map, 16);
    for (let column = 0; column < wide; column++) {
      const y = y0 + b * <f64>column;
      const x = x0 + e * <f64>column;
      const i = <i32>floor(y);
      const j = <i32>floor(x);
      const down = <f32>(y - <f64>i);
      const right = <f32>(x - <f64>j);
      if (<u32>i < <u32>(rows - 1) && <u32>j < <u32>(columns - 1)) {
        const corner = base + <usize>i * line + <usize>j * pixel;
        blend(
          to, corner, corner + pixel, corner + line, corner + line + pixel,
          (1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right, 0, pixel,
        );
      } else {
        const above = placed(i, rows, outside);
        const below = placed(i + 1, rows, outside);
        const left = placed(j, columns, outside);
        const beside = placed(j + 1, columns, outside);
        // What is outside weighs nothing, wherever it is read.
        const upper: f32 = above < 0 ? 0 : 1 - down;
        const lower: f32 = below < 0 ? 0 : down;
        const near: f32 = left < 0 ? 0 : 1 - right;
        const far: f32 = beside < 0 ? 0 : right;
        const aboveAt = base + <usize>max(above, 0) * line;
        const belowAt = base + <usize>max(below, 0) * line;
        const leftAt = <usize>max(left, 0) * pixel;
        const besideAt = <usize>max(beside, 0) * pixel;
        blend(
          to, aboveAt + leftAt, aboveAt + besideAt, belowAt + leftAt, belowAt + besideAt,
          upper * near, upper * far, lower * near, lower * far, fill * (1 - (upper + lower) * (near + far)), pixel,
        );
      }
      to += pixel;
    }
  }
}

/**
 * The transpose of `sampleAffine` without its fill: each number of the cotangent [tall, wide, channels] is added to the
 * pixels that it was read from, with the same weights. A part has rows of the pictures of its own.
 */
export function sampleAffineGradient(
  cotangent: usize, maps: usize, result: usize, batch: i32, rows: i32, columns: i32, channels: i32,
  tall: i32, wide: i32, mapStep: i32, outside: i32, part: i32, parts: i32,
): void {
  const pixel = <usize>channels << 2;
  const line = <usize>columns * pixel;
  const last = partStart(batch * rows, part + 1, parts);
  for (let first = partStart(batch * rows, part, parts); first < last; ) {
    const image = first / rows;
    const from = first - image * rows;
    const to = min(rows, last - image * rows);
    const base = result + <usize>(image * rows) * line;
    memory.fill(base + <usize>from * line, 0, <usize>(to - from) * line);
    imageGradient(
      cotangent + <usize>(image * tall * wide) * pixel, maps + <usize>(image * mapStep), base,
      from, to, rows, columns, pixel, tall, wide, outside,
    );
    first += to - from;
  }
}

/** Adds what rows from … to − 1 of one picture get. */
function imageGradient(
  cotangent: usize, map: usize, result: usize, from: i32, to: i32, rows: i32, columns: i32, pixel: usize,
  tall: i32, wide: i32, outside: i32,
): void {
  const line = <usize>columns * pixel;
  const b = numberAt(map, 4);
  const e = numberAt(map, 16);
  for (let row = 0; row < tall; row++) {
    const y0 = numberAt(map, 0) * <f64>row + numberAt(map, 8);
    const x0 = numberAt(map, 12) * <f64>row + numberAt(map, 20);
    let signal = cotangent + <usize>(row * wide) * pixel;
    if (misses(y0, y0 + b * <f64>(wide - 1), from, to, rows, outside)) continue;
    for (let column = 0; column < wide; column++, signal += pixel) {
      const y = y0 + b * <f64>column;
      const x = x0 + e * <f64>column;
      const i = <i32>floor(y);
      const j = <i32>floor(x);
      const down = <f32>(y - <f64>i);
      const right = <f32>(x - <f64>j);
      if (i >= from && i < to - 1 && <u32>j < <u32>(columns - 1)) {
        const corner = result + <usize>i * line + <usize>j * pixel;
        addWeighted(corner, signal, (1 - down) * (1 - right), pixel);
        addWeighted(corner + pixel, signal, (1 - down) * right, pixel);
        addWeighted(corner + line, signal, down * (1 - right), pixel);
        addWeighted(corner + line + pixel, signal, down * right, pixel);
      } else {
        addRow(result, line, signal, placed(i, rows, outside), from, to, j, columns, 1 - down, right, pixel, outside);
        addRow(result, line, signal, placed(i + 1, rows, outside), from, to, j, columns, down, right, pixel, outside);
      }
    }
  }
}

/** Whether no pixel between the places y and z of a line is read in rows from … to − 1. */
function misses(y: f64, z: f64, from: i32, to: i32, rows: i32, outside: i32): bool {
  let low = <i32>floor(min(y, z));
  let high = <i32>floor(max(y, z)) + 1;
  if (outside == MIRRORED && (low < 0 || high >= rows)) return false;
  if (outside == REPEATED) {
    low = min(max(low, 0), rows - 1);
    high = min(max(high, 0), rows - 1);
  }
  return high < from || low >= to;
}

/** Adds a signal to both pixels that it was read from in a row, if that is one of the rows from … to − 1. */
function addRow(
  result: usize, line: usize, signal: usize, row: i32, from: i32, to: i32, j: i32, columns: i32,
  weight: f32, right: f32, pixel: usize, outside: i32,
): void {
  if (row < from || row >= to) return;
  const left = placed(j, columns, outside);
  const beside = placed(j + 1, columns, outside);
  const at = result + <usize>row * line;
  if (left >= 0) addWeighted(at + <usize>left * pixel, signal, weight * (1 - right), pixel);
  if (beside >= 0) addWeighted(at + <usize>beside * pixel, signal, weight * right, pixel);
}

/** Which pixel is read at a place of an axis; -1 where there is none. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function placed(place: i32, length: i32, outside: i32): i32 {
  return <u32>place < <u32>length ? place : beyond(place, length, outside);
}

function beyond(place: i32, length: i32, outside: i32): i32 {
  if (outside == REPEATED) return place < 0 ? 0 : length - 1;
  if (outside != MIRRORED) return -1;
  // c b | a b c | b a
  if (length == 1) return 0;
  const period = 2 * (length - 1);
  const along = abs(place) % period;
  return min(along, period - along);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function numberAt(map: usize, bytes: usize): f64 {
  return <f64>load<f32>(map + bytes);
}

/** A pixel of four with their weights, and what is added to each channel. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function blend(
  to: usize, p: usize, q: usize, r: usize, s: usize, ofP: f32, ofQ: f32, ofR: f32, ofS: f32, rest: f32, pixel: usize,
): void {
  for (let at: usize = 0; at < pixel; at += 16) {
    const count = <i32>((pixel - at) >> 2);
    let sum = f32x4.mul(f32x4.splat(ofP), loadFirst(p + at, count));
    sum = f32x4.add(sum, f32x4.mul(f32x4.splat(ofQ), loadFirst(q + at, count)));
    sum = f32x4.add(sum, f32x4.mul(f32x4.splat(ofR), loadFirst(r + at, count)));
    sum = f32x4.add(sum, f32x4.mul(f32x4.splat(ofS), loadFirst(s + at, count)));
    storeFirst(to + at, f32x4.add(sum, f32x4.splat(rest)), count);
  }
}

/** Adds a pixel times its weight to another. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function addWeighted(to: usize, signal: usize, weight: f32, pixel: usize): void {
  for (let at: usize = 0; at < pixel; at += 16) {
    const count = <i32>((pixel - at) >> 2);
    const share = f32x4.mul(f32x4.splat(weight), loadFirst(signal + at, count));
    storeFirst(to + at, f32x4.add(loadFirst(to + at, count), share), count);
  }
}

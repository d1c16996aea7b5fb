// A row of outputs of depthwise convolutions: what keeps a few columns of 4 channels in registers.
import { clamp, multiplyAdd } from './vector';

/**
 * What computes a few columns of 4 channels, named by the taps in a row and the stride: as many columns at once as
 * leave their sums, the taps and the columns that they read in 15 registers.
 */
export const enum Block { One, Two, Three, ThreeByTwo, Five, FiveByTwo, Any, FewChannels }

export function blockOf(taps: i32, stride: i32, dilation: i32, c: i32): Block {
  if (c < 4) return Block.FewChannels;
  if (taps == 3 && dilation == 1 && stride <= 2) return stride == 1 ? Block.Three : Block.ThreeByTwo;
  if (taps == 5 && dilation == 1 && stride <= 2) return stride == 1 ? Block.Five : Block.FiveByTwo;
  // The phases of a strided gradient.
  if (taps <= 2 && dilation == 1 && stride == 1) return taps == 1 ? Block.One : Block.Two;
  return Block.Any;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function columnsOf(block: Block): i32 {
  return block == Block.FiveByTwo ? 2 : block == Block.ThreeByTwo || block == Block.Five ? 3 : 4;
}

/**
 * A row of `count` outputs, from the rows `list` … `stop` of `w` columns; the window of the first output begins at
 * column `first`. The last columns are made again where some are left; where there are too few, all are, in `spare`.
 */
export function passRow(
  list: usize, stop: usize, w: i32, step: i32, first: i32,
  taps: usize, tapStep: i32, rowStep: i32, kw: i32, stride: i32, dilation: i32,
  bias: usize, spare: usize, out: usize, outStep: i32, count: i32, c: i32, low: v128, high: v128,
): void {
  const block = blockOf(kw, stride, dilation, c);
  const columns = columnsOf(block);
  const reach = (columns - 1) * stride + (kw - 1) * dilation + 1;
  const few = count < columns;
  for (let done = 0; done < count; done += columns) {
    const column = few ? 0 : min(done, count - columns);
    const from = first + column * stride;
    const copied = from < 0 || from + reach > w ? 4 : 0;
    const rows = list + copied;
    const end = stop + copied;
    const at = from * step;
    const to = few ? spare : out + column * outStep;
    const toStep = few ? c << 2 : outStep;
    switch (block) {
      case Block.One:
        passOne(rows, end, at, step, taps, rowStep, bias, to, toStep, c, low, high);
        break;
      case Block.Two:
        passTwo(rows, end, at, step, taps, tapStep, rowStep, bias, to, toStep, c, low, high);
        break;
      case Block.Three:
        passThree(rows, end, at, step, taps, tapStep, rowStep, bias, to, toStep, c, low, high);
        break;
      case Block.ThreeByTwo:
        passThreeByTwo(rows, end, at, step, taps, tapStep, rowStep, bias, to, toStep, c, low, high);
        break;
      case Block.Five:
        passFive(rows, end, at, step, taps, tapStep, rowStep, bias, to, toStep, c, low, high);
        break;
      case Block.FiveByTwo:
        passFiveByTwo(rows, end, at, step, taps, tapStep, rowStep, bias, to, toStep, c, low, high);
        break;
      case Block.Any:
        passAny<v128>(
          rows, end, at, step, taps, tapStep, rowStep, kw, stride, dilation, bias, to, toStep, c, low, high,
        );
        break;
      default:
        passAny<f32>(
          rows, end, at, step, taps, tapStep, rowStep, kw, stride, dilation, bias, to, toStep, c, low, high,
        );
    }
  }
  for (let i = 0; few && i < count; i++) memory.copy(out + i * outStep, spare + i * (c << 2), c << 2);
}

/** 4 columns of one tap in a row. */
function passOne(
  list: usize, stop: usize, at: i32, step: i32, taps: usize, rowStep: i32,
  bias: usize, to: usize, toStep: i32, c: i32, low: v128, high: v128,
): void {
  for (let i = 0; i < c; i += 4) {
    const offset = min(i, c - 4) << 2;
    let s0 = v128.load(bias + offset);
    let s1 = s0, s2 = s0, s3 = s0;
    let tap = taps + offset;
    for (let row = list; row < stop; row += 8) {
      let p = <usize>load<u32>(row) + at + offset;
      const w = v128.load(tap);
      tap += rowStep;
      s0 = multiplyAdd(v128.load(p), w, s0);
      p += step;
      s1 = multiplyAdd(v128.load(p), w, s1);
      p += step;
      s2 = multiplyAdd(v128.load(p), w, s2);
      p += step;
      s3 = multiplyAdd(v128.load(p), w, s3);
    }
    storeTwo(to + offset, toStep, s0, s1, low, high);
    storeTwo(to + offset + 2 * toStep, toStep, s2, s3, low, high);
  }
}

/** 4 columns of 2 taps in a row, stride 1. */
function passTwo(
  list: usize, stop: usize, at: i32, step: i32, taps: usize, tapStep: i32, rowStep: i32,
  bias: usize, to: usize, toStep: i32, c: i32, low: v128, high: v128,
): void {
  for (let i = 0; i < c; i += 4) {
    const offset = min(i, c - 4) << 2;
    let s0 = v128.load(bias + offset);
    let s1 = s0, s2 = s0, s3 = s0;
    let tap = taps + offset;
    for (let row = list; row < stop; row += 8) {
      let p = <usize>load<u32>(row) + at + offset;
      const w0 = v128.load(tap);
      const w1 = v128.load(tap + tapStep);
      tap += rowStep;
      s0 = multiplyAdd(v128.load(p), w0, s0);
      p += step;
      const x1 = v128.load(p);
      s0 = multiplyAdd(x1, w1, s0);
      s1 = multiplyAdd(x1, w0, s1);
      p += step;
      const x2 = v128.load(p);
      s1 = multiplyAdd(x2, w1, s1);
      s2 = multiplyAdd(x2, w0, s2);
      p += step;
      const x3 = v128.load(p);
      s2 = multiplyAdd(x3, w1, s2);
      s3 = multiplyAdd(x3, w0, s3);
      p += step;
      s3 = multiplyAdd(v128.load(p), w1, s3);
    }
    storeTwo(to + offset, toStep, s0, s1, low, high);
    storeTwo(to + offset + 2 * toStep, toStep, s2, s3, low, high);
  }
}

/** 4 columns of 3 taps in a row, stride 1. */
function passThree(
  list: usize, stop: usize, at: i32, step: i32, taps: usize, tapStep: i32, rowStep: i32,
  bias: usize, to: usize, toStep: i32, c: i32, low: v128, high: v128,
): void {
  for (let i = 0; i < c; i += 4) {
    const offset = min(i, c - 4) << 2;
    let s0 = v128.load(bias + offset);
    let s1 = s0, s2 = s0, s3 = s0;
    let tap = taps + offset;
    for (let row = list; row < stop; row += 8) {
      let p = <usize>load<u32>(row) + at + offset;
      const w0 = v128.load(tap);
      const w1 = v128.load(tap + tapStep);
      const w2 = v128.load(tap + 2 * tapStep);
      tap += rowStep;
      const x0 = v128.load(p);
      s0 = multiplyAdd(x0, w0, s0);
      p += step;
      const x1 = v128.load(p);
      s0 = multiplyAdd(x1, w1, s0);
      s1 = multiplyAdd(x1, w0, s1);
      p += step;
      const x2 = v128.load(p);
      s0 = multiplyAdd(x2, w2, s0);
      s1 = multiplyAdd(x2, w1, s1);
      s2 = multiplyAdd(x2, w0, s2);
      p += step;
      const x3 = v128.load(p);
      s1 = multiplyAdd(x3, w2, s1);
      s2 = multiplyAdd(x3, w1, s2);
      s3 = multiplyAdd(x3, w0, s3);
      p += step;
      const x4 = v128.load(p);
      s2 = multiplyAdd(x4, w2, s2);
      s3 = multiplyAdd(x4, w1, s3);
      p += step;
      s3 = multiplyAdd(v128.load(p), w2, s3);
    }
    storeTwo(to + offset, toStep, s0, s1, low, high);
    storeTwo(to + offset + 2 * toStep, toStep, s2, s3, low, high);
  }
}

/** 3 columns of 3 taps in a row, stride 2. */
function passThreeByTwo(
  list: usize, stop: usize, at: i32, step: i32, taps: usize, tapStep: i32, rowStep: i32,
  bias: usize, to: usize, toStep: i32, c: i32, low: v128, high: v128,
): void {
  for (let i = 0; i < c; i += 4) {
    const offset = min(i, c - 4) << 2;
    let s0 = v128.load(bias + offset);
    let s1 = s0, s2 = s0;
    let tap = taps + offset;
    for (let row = list; row < stop; row += 8) {
      let p = <usize>load<u32>(row) + at + offset;
      const w0 = v128.load(tap);
      const w1 = v128.load(tap + tapStep);
      const w2 = v128.load(tap + 2 * tapStep);
      tap += rowStep;
      s0 = multiplyAdd(v128.load(p), w0, s0);
      p += step;
      s0 = multiplyAdd(v128.load(p), w1, s0);
      p += step;
      const x2 = v128.load(p);
      s0 = multiplyAdd(x2, w2, s0);
      s1 = multiplyAdd(x2, w0, s1);
      p += step;
      s1 = multiplyAdd(v128.load(p), w1, s1);
      p += step;
      const x4 = v128.load(p);
      s1 = multiplyAdd(x4, w2, s1);
      s2 = multiplyAdd(x4, w0, s2);
      p += step;
      s2 = multiplyAdd(v128.load(p), w1, s2);
      p += step;
      s2 = multiplyAdd(v128.load(p), w2, s2);
    }
    storeTwo(to + offset, toStep, s0, s1, low, high);
    v128.store(to + offset + 2 * toStep, clamp(s2, low, high));
  }
}

/** 3 columns of 5 taps in a row, stride 1. */
function passFive(
  list: usize, stop: usize, at: i32, step: i32, taps: usize, tapStep: i32, rowStep: i32,
  bias: usize, to: usize, toStep: i32, c: i32, low: v128, high: v128,
): void {
  for (let i = 0; i < c; i += 4) {
    const offset = min(i, c - 4) << 2;
    let s0 = v128.load(bias + offset);
    let s1 = s0, s2 = s0;
    let line = taps + offset;
    for (let row = list; row < stop; row += 8) {
      let p = <usize>load<u32>(row) + at + offset;
      let tap = line;
      line += rowStep;
      const w0 = v128.load(tap);
      tap += tapStep;
      const w1 = v128.load(tap);
      tap += tapStep;
      const w2 = v128.load(tap);
      tap += tapStep;
      const w3 = v128.load(tap);
      tap += tapStep;
      const w4 = v128.load(tap);
      s0 = multiplyAdd(v128.load(p), w0, s0);
      p += step;
      const x1 = v128.load(p);
      s0 = multiplyAdd(x1, w1, s0);
      s1 = multiplyAdd(x1, w0, s1);
      p += step;
      const x2 = v128.load(p);
      s0 = multiplyAdd(x2, w2, s0);
      s1 = multiplyAdd(x2, w1, s1);
      s2 = multiplyAdd(x2, w0, s2);
      p += step;
      const x3 = v128.load(p);
      s0 = multiplyAdd(x3, w3, s0);
      s1 = multiplyAdd(x3, w2, s1);
      s2 = multiplyAdd(x3, w1, s2);
      p += step;
      const x4 = v128.load(p);
      s0 = multiplyAdd(x4, w4, s0);
      s1 = multiplyAdd(x4, w3, s1);
      s2 = multiplyAdd(x4, w2, s2);
      p += step;
      const x5 = v128.load(p);
      s1 = multiplyAdd(x5, w4, s1);
      s2 = multiplyAdd(x5, w3, s2);
      p += step;
      s2 = multiplyAdd(v128.load(p), w4, s2);
    }
    storeTwo(to + offset, toStep, s0, s1, low, high);
    v128.store(to + offset + 2 * toStep, clamp(s2, low, high));
  }
}

/** 2 columns of 5 taps in a row, stride 2. */
function passFiveByTwo(
  list: usize, stop: usize, at: i32, step: i32, taps: usize, tapStep: i32, rowStep: i32,
  bias: usize, to: usize, toStep: i32, c: i32, low: v128, high: v128,
): void {
  for (let i = 0; i < c; i += 4) {
    const offset = min(i, c - 4) << 2;
    let s0 = v128.load(bias + offset);
    let s1 = s0;
    let line = taps + offset;
    for (let row = list; row < stop; row += 8) {
      let p = <usize>load<u32>(row) + at + offset;
      let tap = line;
      line += rowStep;
      const w0 = v128.load(tap);
      tap += tapStep;
      const w1 = v128.load(tap);
      tap += tapStep;
      const w2 = v128.load(tap);
      tap += tapStep;
      const w3 = v128.load(tap);
      tap += tapStep;
      const w4 = v128.load(tap);
      s0 = multiplyAdd(v128.load(p), w0, s0);
      p += step;
      s0 = multiplyAdd(v128.load(p), w1, s0);
      p += step;
      const x2 = v128.load(p);
      s0 = multiplyAdd(x2, w2, s0);
      s1 = multiplyAdd(x2, w0, s1);
      p += step;
      const x3 = v128.load(p);
      s0 = multiplyAdd(x3, w3, s0);
      s1 = multiplyAdd(x3, w1, s1);
      p += step;
      const x4 = v128.load(p);
      s0 = multiplyAdd(x4, w4, s0);
      s1 = multiplyAdd(x4, w2, s1);
      p += step;
      s1 = multiplyAdd(v128.load(p), w3, s1);
      p += step;
      s1 = multiplyAdd(v128.load(p), w4, s1);
    }
    storeTwo(to + offset, toStep, s0, s1, low, high);
  }
}

/** 4 columns of any window: tap by tap, 4 channels at a time, or (f32) one, where there are fewer. */
function passAny<T>(
  list: usize, stop: usize, at: i32, step: i32, taps: usize, tapStep: i32, rowStep: i32,
  kw: i32, stride: i32, dilation: i32, bias: usize, to: usize, toStep: i32, c: i32, low: v128, high: v128,
): void {
  const lanes = <i32>(sizeof<T>() >> 2);
  const next = stride * step;
  for (let i = 0; i < c; i += lanes) {
    const offset = min(i, c - lanes) << 2;
    let s0 = load4<T>(bias + offset);
    let s1 = s0, s2 = s0, s3 = s0;
    let line = taps + offset;
    for (let row = list; row < stop; row += 8) {
      let p = <usize>load<u32>(row) + at + offset;
      let tap = line;
      line += rowStep;
      for (let k = kw; k > 0; k--) {
        const w = load4<T>(tap);
        tap += tapStep;
        s0 = multiplyAdd(load4<T>(p), w, s0);
        s1 = multiplyAdd(load4<T>(p + next), w, s1);
        s2 = multiplyAdd(load4<T>(p + 2 * next), w, s2);
        s3 = multiplyAdd(load4<T>(p + 3 * next), w, s3);
        p += dilation * step;
      }
    }
    let result = to + offset;
    store4<T>(result, clamp(s0, low, high));
    result += toStep;
    store4<T>(result, clamp(s1, low, high));
    result += toStep;
    store4<T>(result, clamp(s2, low, high));
    result += toStep;
    store4<T>(result, clamp(s3, low, high));
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function load4<T>(from: usize): v128 {
  return sizeof<T>() == 16 ? v128.load(from) : v128.load32_zero(from);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function store4<T>(to: usize, x: v128): void {
  if (sizeof<T>() == 16) v128.store(to, x);
  else v128.store_lane<f32>(to, x, 0);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function storeTwo(to: usize, step: i32, s0: v128, s1: v128, low: v128, high: v128): void {
  v128.store(to, clamp(s0, low, high));
  v128.store(to + step, clamp(s1, low, high));
}

// Elementwise kernels: 4 numbers at a time, then the rest one by one. Both builds give the same bits, for nothing fuses.
import { clamp, partStart } from './vector';

/**
 * Where a part of `count` numbers begins, in bytes: parts are made of whole vectors, and the last has the rest besides.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function firstByte(count: i32, part: i32, parts: i32): usize {
  return part == parts ? <usize>count << 2 : <usize>partStart(count >> 2, part, parts) << 4;
}

/** result = cotangent · [0 < output < ceiling]. A ceiling of NaN is none. */
export function reluGradient(
  cotangent: usize, output: usize, result: usize, count: i32, ceiling: f32, part: i32, parts: i32,
): void {
  const ceilings = f32x4.splat(ceiling);
  const end = firstByte(count, part + 1, parts);
  let at = firstByte(count, part, parts);
  for (; at + 16 <= end; at += 16) {
    v128.store(result + at, f32x4.mul(v128.load(cotangent + at), mask(v128.load(output + at), ceilings)));
  }
  for (; at < end; at += 4) {
    const y = f32x4.mul(v128.load32_zero(cotangent + at), mask(v128.load32_zero(output + at), ceilings));
    v128.store_lane<f32>(result + at, y, 0);
  }
}

/** result = max(cotangent, 0) · [0 < output < ceiling]. A ceiling of NaN is none. */
export function guidedReluGradient(
  cotangent: usize, output: usize, result: usize, count: i32, ceiling: f32, part: i32, parts: i32,
): void {
  const ceilings = f32x4.splat(ceiling);
  const end = firstByte(count, part + 1, parts);
  let at = firstByte(count, part, parts);
  for (; at + 16 <= end; at += 16) {
    v128.store(result + at, f32x4.mul(positive(v128.load(cotangent + at)), mask(v128.load(output + at), ceilings)));
  }
  for (; at < end; at += 4) {
    const y = f32x4.mul(positive(v128.load32_zero(cotangent + at)), mask(v128.load32_zero(output + at), ceilings));
    v128.store_lane<f32>(result + at, y, 0);
  }
}

/**
 * 1 where 0 < y and not y ≥ ceiling, NaN where y is NaN, else 0. As by tfjs's step and mul, a NaN output gives NaN and the
 * zeros keep the cotangent's sign: hence numbers to multiply by, not bits.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function mask(y: v128, ceilings: v128): v128 {
  const passes = v128.andnot(f32x4.gt(y, f32x4.splat(0)), f32x4.ge(y, ceilings));
  return v128.or(f32x4.ne(y, y), v128.and(passes, f32x4.splat(1)));
}

/** max(x, 0) with +0 for -0, and NaN for NaN: two instructions on x86, where f32x4.max takes seven. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function positive(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(0));
}

/** result = share · signal / (z + ε·sign z), where sign 0 = 1. */
export function stabilisedQuotient(
  signal: usize, z: usize, result: usize, count: i32, epsilon: f32, share: f32, part: i32, parts: i32,
): void {
  const ups = f32x4.splat(epsilon);
  const downs = f32x4.splat(-epsilon);
  const shares = f32x4.splat(share);
  const end = firstByte(count, part + 1, parts);
  let at = firstByte(count, part, parts);
  for (; at + 16 <= end; at += 16) {
    v128.store(result + at, stabilised(v128.load(signal + at), v128.load(z + at), ups, downs, shares));
  }
  for (; at < end; at += 4) {
    const y = stabilised(v128.load32_zero(signal + at), v128.load32_zero(z + at), ups, downs, shares);
    v128.store_lane<f32>(result + at, y, 0);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function stabilised(signal: v128, z: v128, ups: v128, downs: v128, shares: v128): v128 {
  const offset = v128.bitselect(ups, downs, f32x4.ge(z, f32x4.splat(0)));
  return f32x4.div(f32x4.mul(signal, shares), f32x4.add(z, offset));
}

/** result = signal / (ofZ · z + ofY · y + sign · ε) where z has the sign, 1 or -1, else 0. */
export function quotientWhereSigned(
  signal: usize, z: usize, y: usize, result: usize, count: i32,
  sign: f32, ofZ: f32, ofY: f32, epsilon: f32, part: i32, parts: i32,
): void {
  const signs = f32x4.splat(sign);
  const perZ = f32x4.splat(ofZ);
  const perY = f32x4.splat(ofY);
  const offsets = f32x4.splat(sign * epsilon);
  const end = firstByte(count, part + 1, parts);
  let at = firstByte(count, part, parts);
  for (; at + 16 <= end; at += 16) {
    const quotient = signed(v128.load(signal + at), v128.load(z + at), v128.load(y + at), signs, perZ, perY, offsets);
    v128.store(result + at, quotient);
  }
  for (; at < end; at += 4) {
    const first = v128.load32_zero(z + at);
    const second = v128.load32_zero(y + at);
    const quotient = signed(v128.load32_zero(signal + at), first, second, signs, perZ, perY, offsets);
    v128.store_lane<f32>(result + at, quotient, 0);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function signed(signal: v128, z: v128, y: v128, signs: v128, perZ: v128, perY: v128, offsets: v128): v128 {
  const denominator = f32x4.add(f32x4.add(f32x4.mul(z, perZ), f32x4.mul(y, perY)), offsets);
  return v128.and(f32x4.gt(f32x4.mul(z, signs), f32x4.splat(0)), f32x4.div(signal, denominator));
}

/**
 * Rows of `channels` numbers, with a scale and a shift for each channel, limited as by tfjs's clipByValue:
 *   result[row][c] = clamp(scale[c] · x[row][c] + shift[c], least, most) + zero
 * To add a zero of +0 turns -0 to +0, as tfjs's relu does; to add -0 changes nothing.
 */
export function scaleShift(
  x: usize, scale: usize, shift: usize, result: usize, rows: i32, channels: i32,
  least: f32, most: f32, zero: f32, part: i32, parts: i32,
): void {
  const leasts = f32x4.splat(least);
  const mosts = f32x4.splat(most);
  const zeros = f32x4.splat(zero);
  const bytes = <usize>channels << 2;
  const vectors = bytes & ~15;
  const first = partStart(rows, part, parts);
  const last = partStart(rows, part + 1, parts);
  x += <usize>first * bytes;
  result += <usize>first * bytes;
  for (let row = first; row < last; row++) {
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const y = f32x4.add(f32x4.mul(v128.load(x + at), v128.load(scale + at)), v128.load(shift + at));
      v128.store(result + at, f32x4.add(clamp(y, leasts, mosts), zeros));
    }
    for (; at < bytes; at += 4) {
      const product = f32x4.mul(v128.load32_zero(x + at), v128.load32_zero(scale + at));
      const y = f32x4.add(product, v128.load32_zero(shift + at));
      v128.store_lane<f32>(result + at, f32x4.add(clamp(y, leasts, mosts), zeros), 0);
    }
    x += bytes;
    result += bytes;
  }
}

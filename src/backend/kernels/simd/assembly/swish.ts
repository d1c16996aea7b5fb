// The swish x · σ(x), 16 numbers at a time. Both builds give the same bits, for nothing fuses.
import { firstByte } from './elementwise';

/** result = x · σ(x) = x / (1 + e⁻ˣ); NaN for −∞, as 0 · ∞ is. */
export function swish(x: usize, result: usize, count: i32, part: i32, parts: i32): void {
  const end = firstByte(count, part + 1, parts);
  const start = firstByte(count, part, parts);
  if (start + 64 > end) {
    for (let at = start; at < end; at += 4) v128.store_lane<f32>(result + at, swishOf(v128.load32_zero(x + at)), 0);
    return;
  }
  // The last 16 are made again where some are left. 4 chains of instructions keep a processor busy that 1 does not.
  for (let next = start; next < end; next += 64) {
    const at = min(next, end - 64);
    const x0 = v128.load(x + at);
    const x1 = v128.load(x + at, 16);
    const x2 = v128.load(x + at, 32);
    const x3 = v128.load(x + at, 48);
    v128.store(result + at, swishOf(x0));
    v128.store(result + at, swishOf(x1), 16);
    v128.store(result + at, swishOf(x2), 32);
    v128.store(result + at, swishOf(x3), 48);
  }
}

/** result = cotangent · σ(x) · (1 + x · (1 − σ(x))). */
export function swishGradient(
  cotangent: usize, x: usize, result: usize, count: i32, part: i32, parts: i32,
): void {
  const end = firstByte(count, part + 1, parts);
  const start = firstByte(count, part, parts);
  if (start + 64 > end) {
    for (let at = start; at < end; at += 4) {
      const slope = slopeOf(v128.load32_zero(x + at));
      v128.store_lane<f32>(result + at, f32x4.mul(v128.load32_zero(cotangent + at), slope), 0);
    }
    return;
  }
  for (let next = start; next < end; next += 64) {
    const at = min(next, end - 64);
    const x0 = v128.load(x + at);
    const x1 = v128.load(x + at, 16);
    const x2 = v128.load(x + at, 32);
    const x3 = v128.load(x + at, 48);
    v128.store(result + at, f32x4.mul(v128.load(cotangent + at), slopeOf(x0)));
    v128.store(result + at, f32x4.mul(v128.load(cotangent + at, 16), slopeOf(x1)), 16);
    v128.store(result + at, f32x4.mul(v128.load(cotangent + at, 32), slopeOf(x2)), 32);
    v128.store(result + at, f32x4.mul(v128.load(cotangent + at, 48), slopeOf(x3)), 48);
  }
}

/** Of e = e^−|x|, which cannot overflow: σ(|x|) = 1 / (1 + e), and σ(−|x|) = e / (1 + e). */
// @ts-ignore: a decorator of AssemblyScript
@inline
function swishOf(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exponential(negative(x));
  return f32x4.mul(f32x4.div(x, f32x4.add(one, e)), v128.bitselect(e, one, isBelow(x)));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function slopeOf(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exponential(negative(x));
  const above = f32x4.div(one, f32x4.add(one, e));
  const below = f32x4.mul(e, above);
  const is = isBelow(x);
  const rest = v128.bitselect(above, below, is);
  return f32x4.mul(v128.bitselect(below, above, is), f32x4.add(one, f32x4.mul(x, rest)));
}

/** −|x|. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function negative(x: v128): v128 {
  return v128.or(x, f32x4.splat(-0.0));
}

/** All bits where the sign is set. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isBelow(x: v128): v128 {
  return i32x4.shr_s(x, 31);
}

/**
 * eˣ for x ≤ 0, to within one unit in the last place; 0 where it would be smaller than the smallest normal number.
 *
 * With the whole number n next to x / ln 2 and r = x − n · ln 2, ln 2 in two parts of which the first times n is exact:
 * 2ⁿ · eʳ, eʳ by the polynomial of Cephes' expf. To add 2²³ · 1.5 + 127 rounds to n, and leaves the exponent of 2ⁿ in
 * the lowest bits.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function exponential(x: v128): v128 {
  const magic = f32x4.splat(12583039);
  const sum = f32x4.add(f32x4.mul(x, f32x4.splat(1.4426950408889634)), magic);
  const n = f32x4.sub(sum, magic);
  const high = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  const r = f32x4.sub(high, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  const square = f32x4.mul(r, r);
  // In pairs, which wait for each other less than powers one by one do.
  const c01 = f32x4.add(f32x4.mul(f32x4.splat(1.6666665459e-1), r), f32x4.splat(5.0000001201e-1));
  const c23 = f32x4.add(f32x4.mul(f32x4.splat(8.3334519073e-3), r), f32x4.splat(4.1665795894e-2));
  const c45 = f32x4.add(f32x4.mul(f32x4.splat(1.9875691500e-4), r), f32x4.splat(1.3981999507e-3));
  const c = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(c45, square), c23), square), c01);
  const power = f32x4.add(f32x4.add(f32x4.mul(c, square), r), f32x4.splat(1));
  return v128.andnot(f32x4.mul(power, i32x4.shl(sum, 23)), f32x4.lt(x, f32x4.splat(-87.336544)));
}

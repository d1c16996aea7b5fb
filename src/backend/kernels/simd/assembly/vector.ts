// Four numbers at a time, for all kernels.

/**
 * a · b + c: rounded once where the build has relaxed SIMD and the processor fuses, else twice.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** x between low and high; NaN passes. One instruction each on x86, where min and max take seven. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

/** Writes the first `count` of four numbers, all of them where it is more. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function storeFirst(to: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, x);
    return;
  }
  if (count == 1) {
    v128.store_lane<f32>(to, x, 0);
    return;
  }
  v128.store_lane<f64>(to, x, 0);
  if (count > 2) v128.store_lane<f32>(to, x, 2, 8);
}

/** Reads the first `count` of four numbers, all of them where it is more, in the steps in which they are stored. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function loadFirst(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  if (count == 1) return v128.load32_zero(from);
  const two = v128.load64_zero(from);
  return count > 2 ? v128.load_lane<f32>(from, two, 2, 8) : two;
}

/** Where a part of `parts` equal ones begins among `count` things, the last end included: `part = parts` gives `count`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function partStart(count: i32, part: i32, parts: i32): i32 {
  return <i32>((<i64>count * part) / parts);
}

/** Adds four numbers, or the first alone, to what is there; where nothing is there yet, puts them there. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function addTo(to: usize, sum: v128, count: i32, isFirst: bool): void {
  if (count >= 4) {
    v128.store(to, isFirst ? sum : f32x4.add(v128.load(to), sum));
  } else {
    v128.store_lane<f32>(to, isFirst ? sum : f32x4.add(v128.load32_zero(to), sum), 0);
  }
}

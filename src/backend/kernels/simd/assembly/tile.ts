// The product of 4 rows with a matrix, 8 of its columns at a time: what convolutions and dense layers are made of.
import { clamp, multiplyAdd, storeFirst } from './vector';

/**
 * Rows of `k` numbers, 4 at once, as one list [k, 4]: then a product reads them by one pointer. `pointers` holds the
 * addresses of `runs` × 4 pieces of `length` numbers; a row is its pieces one after the other.
 */
export function interleave(pointers: usize, runs: i32, length: i32, to: usize): void {
  for (let run = 0; run < runs; run++) {
    let a0 = <usize>load<u32>(pointers);
    let a1 = <usize>load<u32>(pointers, 4);
    let a2 = <usize>load<u32>(pointers, 8);
    let a3 = <usize>load<u32>(pointers, 12);
    pointers += 16;
    let left = length;
    for (; left >= 4; left -= 4) {
      const x0 = v128.load(a0);
      const x1 = v128.load(a1);
      const x2 = v128.load(a2);
      const x3 = v128.load(a3);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i64>(low01, low23, 0, 2));
      v128.store(to, v128.shuffle<i64>(low01, low23, 1, 3), 16);
      v128.store(to, v128.shuffle<i64>(high01, high23, 0, 2), 32);
      v128.store(to, v128.shuffle<i64>(high01, high23, 1, 3), 48);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      to += 64;
    }
    for (; left > 0; left--) {
      store<f32>(to, load<f32>(a0));
      store<f32>(to, load<f32>(a1), 4);
      store<f32>(to, load<f32>(a2), 8);
      store<f32>(to, load<f32>(a3), 12);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      to += 16;
    }
  }
}

/**
 * 4 interleaved rows of `k` numbers times a matrix of `n` columns, plus a bias, clamped. `panels` is the matrix as
 * [n / 8, k, 8], zeros after its last column; `outs` holds the 4 addresses of the results.
 *
 * For each panel: 8 sums of 4, which stay in registers while k goes by:
 *   for (i = 0; i < k; i++) for (r of 4 rows) for (c of 8 columns) sum[r][c] += row[i][r] * panel[i][c];
 * Not unrolled: V8 moves all loads of a loop before its arithmetic, and 14 of 15 registers are taken already.
 */
export function multiplyTile(
  rows: usize, k: i32, panels: usize, bias: usize, outs: usize, n: i32, low: v128, high: v128,
): void {
  const end = rows + (<usize>k << 4);
  for (let column = 0; column < n; column += 8) {
    let s00 = v128.load(bias);
    let s01 = v128.load(bias, 16);
    bias += 32;
    let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    for (let row = rows; row < end; row += 16) {
      const b0 = v128.load(panels);
      const b1 = v128.load(panels, 16);
      const x0 = v128.load32_splat(row);
      s00 = multiplyAdd(x0, b0, s00);
      s01 = multiplyAdd(x0, b1, s01);
      const x1 = v128.load32_splat(row, 4);
      s10 = multiplyAdd(x1, b0, s10);
      s11 = multiplyAdd(x1, b1, s11);
      const x2 = v128.load32_splat(row, 8);
      s20 = multiplyAdd(x2, b0, s20);
      s21 = multiplyAdd(x2, b1, s21);
      const x3 = v128.load32_splat(row, 12);
      s30 = multiplyAdd(x3, b0, s30);
      s31 = multiplyAdd(x3, b1, s31);
      panels += 32;
    }
    const offset = <usize>column << 2;
    const left = n - column;
    storeEight(<usize>load<u32>(outs) + offset, clamp(s00, low, high), clamp(s01, low, high), left);
    storeEight(<usize>load<u32>(outs, 4) + offset, clamp(s10, low, high), clamp(s11, low, high), left);
    storeEight(<usize>load<u32>(outs, 8) + offset, clamp(s20, low, high), clamp(s21, low, high), left);
    storeEight(<usize>load<u32>(outs, 12) + offset, clamp(s30, low, high), clamp(s31, low, high), left);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function storeEight(to: usize, first: v128, second: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, first);
    v128.store(to, second, 16);
    return;
  }
  storeFirst(to, first, count);
  if (count > 4) storeFirst(to + 16, second, count - 4);
}

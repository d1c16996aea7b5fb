// A few rows times up to 3 columns, by sums along the rows.
import { multiplyAdd } from './vector';

/**
 * How many rows there are at once. With their sums 3 rows and 3 columns fill 15 registers; without a fused
 * multiplication and addition there is no room for the products of a third row.
 */
export const ROWS_TO_THREE: i32 = ASC_FEATURE_RELAXED_SIMD ? 3 : 2;

/**
 * Rows, each of `runs` pieces of `length` numbers (a multiple of 4), times 3 columns [runs · length / 4, 3, 4], of which n
 * are wanted. `pointers` holds the addresses of runs × rows pieces, `outs` those of the results. Sums of 4 lanes stay in
 * registers:
 *   for (i = 0; i < k; i += 4) for (r of rows) for (o of 3 columns) sum[r][o][0 … 3] += row[r][i …] * column[o][i …];
 */
export function multiplyTileToThree(pointers: usize, runs: i32, length: i32, columns: usize, outs: usize, n: i32): void {
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00;
  let s10 = s00, s11 = s00, s12 = s00;
  let s20 = s00, s21 = s00, s22 = s00;
  for (let run = 0; run < runs; run++) {
    let a0 = <usize>load<u32>(pointers);
    let a1 = <usize>load<u32>(pointers, 4);
    let a2 = ROWS_TO_THREE == 3 ? <usize>load<u32>(pointers, 8) : 0;
    pointers += ROWS_TO_THREE << 2;
    for (let left = length; left > 0; left -= 4) {
      const b0 = v128.load(columns);
      const b1 = v128.load(columns, 16);
      const b2 = v128.load(columns, 32);
      const x0 = v128.load(a0);
      s00 = multiplyAdd(x0, b0, s00);
      s01 = multiplyAdd(x0, b1, s01);
      s02 = multiplyAdd(x0, b2, s02);
      const x1 = v128.load(a1);
      s10 = multiplyAdd(x1, b0, s10);
      s11 = multiplyAdd(x1, b1, s11);
      s12 = multiplyAdd(x1, b2, s12);
      if (ROWS_TO_THREE == 3) {
        const x2 = v128.load(a2);
        s20 = multiplyAdd(x2, b0, s20);
        s21 = multiplyAdd(x2, b1, s21);
        s22 = multiplyAdd(x2, b2, s22);
        a2 += 16;
      }
      columns += 48;
      a0 += 16;
      a1 += 16;
    }
  }
  storeSums(<usize>load<u32>(outs), s00, s01, s02, n);
  storeSums(<usize>load<u32>(outs, 4), s10, s11, s12, n);
  if (ROWS_TO_THREE == 3) storeSums(<usize>load<u32>(outs, 8), s20, s21, s22, n);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function storeSums(to: usize, first: v128, second: v128, third: v128, n: i32): void {
  store<f32>(to, sumOfLanes(first));
  if (n > 1) store<f32>(to, sumOfLanes(second), 4);
  if (n > 2) store<f32>(to, sumOfLanes(third), 8);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function sumOfLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<i64>(x, x, 1, 0));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

// Products of matrices, each of which may be transposed.
import { interleave, multiplyTile } from './tile';
import { partStart } from './vector';

/**
 * `batch` products of an a of m × k with a b of k × n:
 *   out[i][r][j] = Σ_l a[i · aMatrix + r · aRow + l · aColumn] · b[i · bMatrix + l · bRow + j · bColumn]
 * The steps are in numbers: a transposed matrix has those of its rows and columns exchanged, and one that all products
 * share has 0 from one to the next. Each b becomes panels of 8 columns, and each 4 rows of a an interleaved list.
 *
 * `scratch` needs, for each part, N · (k + 1) + 4 · k + 8 numbers, where N is n rounded up to a multiple of 8.
 */
export function multiplyMatrices(
  a: usize, b: usize, out: usize, scratch: usize, scratchStep: usize, batch: i32, m: i32, k: i32, n: i32,
  aMatrix: i32, aRow: i32, aColumn: i32, bMatrix: i32, bRow: i32, bColumn: i32, part: i32, parts: i32,
): void {
  const low = f32x4.splat(-<f32>Infinity);
  const high = f32x4.splat(<f32>Infinity);
  const runs = (m + 3) >> 2;
  const first = partStart(batch * runs, part, parts);
  const last = partStart(batch * runs, part + 1, parts);

  const outs = scratch + scratchStep * <usize>part;
  const pointers = outs + 16;
  const bias = pointers + 16;
  const width = <usize>((n + 7) & ~7) << 2;
  const rows = bias + width;
  const panels = rows + (<usize>k << 4);
  memory.fill(bias, 0, width);

  let packed = -1;
  for (let i = first; i < last; i++) {
    const matrix = i / runs;
    const row = (i - matrix * runs) << 2;
    if (matrix != packed) {
      packPanelsOf(b + (<usize>(matrix * bMatrix) << 2), k, n, bRow, bColumn, panels);
      packed = matrix;
    }
    const from = a + (<usize>(matrix * aMatrix + row * aRow) << 2);
    const to = out + (<usize>((matrix * m + row) * n) << 2);
    const count = min(4, m - row);
    for (let r = 0; r < 4; r++) {
      // Rows beyond the last are the last again.
      const one = min(r, count - 1);
      store<u32>(outs + (r << 2), <u32>(to + (<usize>(one * n) << 2)));
      store<u32>(pointers + (r << 2), <u32>(from + (<usize>(one * aRow) << 2)));
    }
    if (aColumn == 1) interleave(pointers, 1, k, rows);
    else gatherRows(from, k, count, aRow, aColumn, rows);
    multiplyTile(rows, k, panels, bias, outs, n, low, high);
  }
}

/** Up to 4 rows, whose numbers are apart, as one list [k, 4]. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function gatherRows(from: usize, k: i32, count: i32, row: i32, column: i32, to: usize): void {
  const step = <usize>column << 2;
  const end = to + (<usize>k << 4);
  if (count == 4 && row == 1) {
    for (; to < end; to += 16) {
      v128.store(to, v128.load(from));
      from += step;
    }
    return;
  }
  for (; to < end; to += 16) {
    for (let r = 0; r < 4; r++) {
      store<f32>(to + (r << 2), load<f32>(from + (<usize>(min(r, count - 1) * row) << 2)));
    }
    from += step;
  }
}

/** A matrix of k rows and n columns, each any numbers apart, as panels [n / 8, k, 8], zeros after its last column. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function packPanelsOf(from: usize, k: i32, n: i32, row: i32, column: i32, to: usize): void {
  const step = <usize>column << 2;
  for (let j = 0; j < n; j += 8) {
    const count = min(8, n - j);
    let line = from + (<usize>j * step);
    for (let l = 0; l < k; l++) {
      if (count == 8 && column == 1) {
        v128.store(to, v128.load(line));
        v128.store(to, v128.load(line, 16), 16);
      } else {
        for (let c = 0; c < 8; c++) store<f32>(to + (c << 2), c < count ? load<f32>(line + <usize>c * step) : 0);
      }
      to += 32;
      line += <usize>row << 2;
    }
  }
}

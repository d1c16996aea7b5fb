// Regions of planes, copied line by line.
import { partStart } from './vector';

/**
 * Regions [tall, wide] of `count` planes [rows, columns] that are one plane `base` but for a patch [patchRows,
 * patchColumns] each. `places` holds four numbers for each: row and column of the region, row and column of the patch,
 * which lies within the plane. A pixel has `pixel` bytes. Beyond the border of the plane a region is filled with `beyond`.
 */
export function cropRegions(
  base: usize, patch: usize, places: usize, result: usize, count: i32, rows: i32, columns: i32, pixel: i32,
  patchRows: i32, patchColumns: i32, tall: i32, wide: i32, beyond: f32, part: i32, parts: i32,
): void {
  const first = partStart(count, part, parts);
  const last = partStart(count, part + 1, parts);
  const line = wide * pixel;
  patch += <usize>(first * patchRows * patchColumns * pixel);
  result += <usize>(first * tall * line);
  for (let region = first; region < last; region++) {
    const place = places + (<usize>region << 4);
    const top = <i32>load<f32>(place);
    const left = <i32>load<f32>(place, 4);
    const patchTop = <i32>load<f32>(place, 8);
    const patchLeft = <i32>load<f32>(place, 12);
    // The columns of the region that lie within the plane, and of these the ones of the patch.
    const start = min(max(-left, 0), wide);
    const stop = max(start, min(columns - left, wide));
    const from = min(stop, max(start, patchLeft - left));
    const to = max(from, min(stop, patchLeft + patchColumns - left));
    for (let row = top; row < top + tall; row++) {
      if (<u32>row >= <u32>rows) {
        fill(result, line, beyond);
      } else {
        fill(result, start * pixel, beyond);
        fill(result + stop * pixel, (wide - stop) * pixel, beyond);
        const y = row - patchTop;
        if (<u32>y >= <u32>patchRows) {
          copyPixels(result, base, start, stop, left, row, columns, pixel);
        } else {
          copyPixels(result, base, start, from, left, row, columns, pixel);
          copyPixels(result, patch, from, to, left - patchLeft, y, patchColumns, pixel);
          copyPixels(result, base, to, stop, left, row, columns, pixel);
        }
      }
      result += line;
    }
    patch += <usize>(patchRows * patchColumns * pixel);
  }
}

/** Pixels start … stop of a line, from those `left` further right in a row of a plane of so many columns. */
function copyPixels(
  line: usize, plane: usize, start: i32, stop: i32, left: i32, row: i32, columns: i32, pixel: i32,
): void {
  // Where there are none, a place beyond the border may lie beyond the memory.
  if (start >= stop) return;
  memory.copy(line + start * pixel, plane + (row * columns + start + left) * pixel, (stop - start) * pixel);
}

function fill(at: usize, bytes: i32, value: f32): void {
  const end = at + bytes;
  for (; at < end; at += 4) store<f32>(at, value);
}

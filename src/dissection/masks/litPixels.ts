import type { NdArray } from '../../numeric/ndarray.ts';
import type { Axis } from './axes.ts';

type Activations = NdArray<Float32Array | Float64Array>;

/** How the rows and the columns of pixels lie among those of the activations. */
type Axes = readonly [Axis, Axis];

/**
 * The pixels at which a unit's activations, interpolated bilinearly, exceed its threshold.
 *
 * An interpolated value lies between the least and the greatest of the four activations around it, whatever rounding
 * does. So only what lies beside an activation above the threshold is looked at.
 *
 * @param activations `[h, w, units]`.
 * @param thresholds one per unit.
 * @param axes how rows and columns of pixels lie among those of the activations.
 * @param visit called with each unit that has such pixels, and these; the array is used again for the next unit.
 */
export function litPixels(
  activations: Activations,
  thresholds: Float64Array,
  axes: Axes,
  visit: (unit: number, pixels: Int32Array) => void,
): void {
  const [height, width, units] = activations.shape as [number, number, number];
  const { starts, positions } = hitsByUnit(activations, thresholds);
  const lit = new Int32Array(axes[0].before.length * axes[1].before.length);
  const marked = new Int32Array(height * width).fill(-1);
  for (let unit = 0; unit < units; unit++) {
    let count = 0;
    for (let hit = starts[unit] as number; hit < (starts[unit + 1] as number); hit++) {
      const position = positions[hit] as number;
      const [row, column] = [Math.floor(position / width), position % width];
      // The cells of which the position is a corner.
      for (let top = Math.max(row - 1, 0); top <= row; top++) {
        for (let left = Math.max(column - 1, 0); left <= column; left++) {
          if (marked[top * width + left] === unit) continue;
          marked[top * width + left] = unit;
          const cell = { unit, top, left, threshold: thresholds[unit] as number };
          count = lightCell({ activations, axes, lit, count }, cell);
        }
      }
    }
    if (count > 0) visit(unit, lit.subarray(0, count));
  }
}

/** The positions above the threshold, those of unit u from `starts[u]` to before `starts[u + 1]`. */
function hitsByUnit(
  { shape, data }: Activations,
  thresholds: Float64Array,
): { starts: Int32Array; positions: Int32Array } {
  const units = shape[2] as number;
  const starts = new Int32Array(units + 1);
  const hits: number[] = [];
  for (let start = 0; start < data.length; start += units) {
    for (let unit = 0; unit < units; unit++) {
      if ((data[start + unit] as number) > (thresholds[unit] as number)) {
        hits.push(start + unit);
        starts[unit + 1] = (starts[unit + 1] as number) + 1;
      }
    }
  }
  for (let unit = 0; unit < units; unit++) starts[unit + 1] = (starts[unit + 1] as number) + (starts[unit] as number);
  const next = starts.slice(0, units);
  const positions = new Int32Array(hits.length);
  for (const hit of hits) {
    const unit = hit % units;
    const place = next[unit] as number;
    positions[place] = (hit - unit) / units;
    next[unit] = place + 1;
  }
  return { starts, positions };
}

/** Adds the lit pixels between four neighbouring positions to `lit`, and returns how many there are by then. */
function lightCell(
  { activations, axes, lit, count }: { activations: Activations; axes: Axes; lit: Int32Array; count: number },
  { unit, top, left, threshold }: { unit: number; top: number; left: number; threshold: number },
): number {
  const [rows, columns] = axes;
  const width = columns.before.length;
  const [a, b, c, d] = corners(activations, unit, top, left);
  const isFull = a > threshold && b > threshold && c > threshold && d > threshold;
  let end = count;
  for (let y = rows.first[top] as number; y < (rows.first[top + 1] as number); y++) {
    const down = rows.fraction[y] as number;
    for (let x = columns.first[left] as number; x < (columns.first[left + 1] as number); x++) {
      if (isFull || interpolated(a, b, c, d, down, columns.fraction[x] as number) > threshold) {
        lit[end] = y * width + x;
        end++;
      }
    }
  }
  return end;
}

/** The activations of a unit at a position, to its right, below, and below to the right; those at the border repeat. */
export function corners(
  { shape, data }: Activations,
  unit: number,
  top: number,
  left: number,
): readonly [number, number, number, number] {
  const [height, width, units] = shape as [number, number, number];
  const right = left + 1 < width ? units : 0;
  const below = top + 1 < height ? width * units : 0;
  const first = (top * width + left) * units + unit;
  return [
    data[first] as number,
    data[first + right] as number,
    data[first + below] as number,
    data[first + below + right] as number,
  ];
}

/** What lies between four corners. */
export function interpolated(a: number, b: number, c: number, d: number, down: number, along: number): number {
  const upper = a + (b - a) * along;
  const lower = c + (d - c) * along;
  return upper + (lower - upper) * down;
}

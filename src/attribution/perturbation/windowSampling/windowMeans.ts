import type { NdArray } from '../../../numeric/ndarray.ts';

/** Windows of one size on a plane, by their top left corners; they may reach over its border. */
export interface Windows {
  readonly size: readonly [rows: number, columns: number];
  readonly corners: readonly (readonly [row: number, column: number])[];
}

/** Windows that start at 0, s, 2 s, …; the last ones end at the border, so that everything is covered. */
export function windowsOn(
  plane: readonly [number, number],
  { size, stride }: { size: readonly [number, number]; stride: readonly [number, number] },
): Windows {
  const [rows, columns] = plane.map((length, axis) => {
    const last = length - (size[axis] as number);
    const step = stride[axis] as number;
    return Array.from({ length: Math.ceil(last / step) + 1 }, (_, i) => Math.min(i * step, last));
  }) as [number[], number[]];
  return { size, corners: rows.flatMap((row) => columns.map((column) => [row, column] as const)) };
}

/**
 * The mean over the windows that cover a pixel, `[n, h, w]`.
 *
 * @param values per example and window; those that are NaN are not known and do not count.
 */
export function windowMeans(
  values: readonly Float64Array[],
  { size, corners }: Windows,
  [height, width]: readonly [number, number],
): NdArray {
  const data = new Float32Array(values.length * height * width);
  values.forEach((row, example) => {
    const sums = new Float64Array(height * width);
    const covering = new Int32Array(height * width);
    corners.forEach(([top, left], window) => {
      const value = row[window] as number;
      if (Number.isNaN(value)) return;
      const [bottom, right] = [Math.min(top + size[0], height), Math.min(left + size[1], width)];
      for (let r = top; r < bottom; r++) {
        for (let pixel = r * width + left; pixel < r * width + right; pixel++) {
          sums[pixel]! += value;
          covering[pixel]! += 1;
        }
      }
    });
    data.set(
      sums.map((sum, pixel) => sum / Math.max(1, covering[pixel] as number)),
      example * height * width,
    );
  });
  return { shape: [values.length, height, width], data };
}

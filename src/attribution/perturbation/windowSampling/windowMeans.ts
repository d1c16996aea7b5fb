import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { boxRows, combinations, cutOff } from '../../../scoring/boxes.ts';

/** Windows of one size along each axis, by their first corners; they may reach over the border. */
export interface Windows<Place extends readonly number[] = readonly number[]> {
  readonly size: Place;
  readonly corners: readonly Place[];
}

/** Windows of a plane. */
export type PlaneWindows = Windows<readonly [rows: number, columns: number]>;

/** Windows that start at 0, s, 2 s, …; the last ones end at the border, so that everything is covered. */
export function windowsOn(
  plane: readonly [number, number],
  { size, stride }: { size: readonly [number, number]; stride: readonly [number, number] },
): PlaneWindows {
  const starts = plane.map((length, axis) => {
    const last = length - (size[axis] as number);
    const step = stride[axis] as number;
    return Array.from({ length: Math.ceil(last / step) + 1 }, (_, i) => Math.min(i * step, last));
  });
  return { size, corners: combinations(starts) as readonly (readonly [number, number])[] };
}

/**
 * The mean over the windows that cover a place, `[n, h, w]` or `[n, d, h, w]`.
 *
 * @param values per example and window; of the windows that are not known yet, the last ones, there are none.
 */
export function windowMeans(
  values: readonly (readonly number[] | Float64Array)[],
  { size, corners }: Windows,
  lengths: readonly number[],
): NdArray {
  const places = sizeOf(lengths);
  const data = new Float32Array(values.length * places);
  values.forEach((row, example) => {
    const sums = new Float64Array(places);
    const covering = new Int32Array(places);
    row.forEach((value, window) => {
      for (const { from, to } of boxRows(cutOff(corners[window] as readonly number[], size, lengths), lengths)) {
        for (let place = from; place < to; place++) {
          sums[place]! += value;
          covering[place]! += 1;
        }
      }
    });
    data.set(
      sums.map((sum, place) => sum / Math.max(1, covering[place] as number)),
      example * places,
    );
  });
  return { shape: [values.length, ...lengths], data };
}

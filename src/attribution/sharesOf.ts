import type { NdArray } from '../numeric/ndarray.ts';
import { sizeOf } from '../numeric/shape.ts';

/** Per example and input, the input's part of the sum of all magnitudes, `[n, inputs]`; zeros where all maps are zero. */
export function sharesOf(maps: readonly NdArray[]): NdArray {
  const count = maps[0]?.shape[0] as number;
  const data = new Float32Array(count * maps.length);
  for (let example = 0; example < count; example++) {
    const magnitudes = maps.map((map) => magnitudeOf(map, example));
    const total = magnitudes.reduce((sum, magnitude) => sum + magnitude, 0);
    magnitudes.forEach((magnitude, input) => {
      data[example * maps.length + input] = total === 0 ? 0 : magnitude / total;
    });
  }
  return { shape: [count, maps.length], data };
}

function magnitudeOf({ shape, data }: NdArray, example: number): number {
  const size = sizeOf(shape.slice(1));
  return data.subarray(example * size, (example + 1) * size).reduce((sum, value) => sum + Math.abs(value), 0);
}

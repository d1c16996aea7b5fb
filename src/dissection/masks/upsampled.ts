import type { NdArray } from '../../numeric/ndarray.ts';
import type { Axis } from './axes.ts';
import { corners, interpolated } from './litPixels.ts';

/** Activations `[h, w, units]` at all pixels: bilinear, within the range of the four around each. */
export function upsampled(
  activations: NdArray<Float32Array | Float64Array>,
  [rows, columns]: readonly [Axis, Axis],
): NdArray<Float64Array> {
  const units = activations.shape[2] as number;
  const [height, width] = [rows.before.length, columns.before.length];
  const data = new Float64Array(height * width * units);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let unit = 0; unit < units; unit++) {
        const around = corners(activations, unit, rows.before[y] as number, columns.before[x] as number);
        const value = interpolated(...around, rows.fraction[y] as number, columns.fraction[x] as number);
        data[(y * width + x) * units + unit] = Math.min(Math.max(value, Math.min(...around)), Math.max(...around));
      }
    }
  }
  return { shape: [height, width, units], data };
}

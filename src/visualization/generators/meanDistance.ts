import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';

/** The mean Euclidean distance of two different rows. */
export function* meanDistance(array: NdArray): Sliced<number> {
  const count = array.shape[0] as number;
  const rows = Array.from({ length: count }, (_, i) => rowOf(array, i));
  let sum = 0;
  yield* forEachOf(count, array.data.length / 2, (i) => {
    for (let j = i + 1; j < count; j++) sum += euclidean(rows[i] as Float32Array, rows[j] as Float32Array);
  });
  return sum / ((count * (count - 1)) / 2);
}

/** ‖a − b‖. */
export function euclidean(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum);
}

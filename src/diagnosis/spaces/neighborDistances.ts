import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';

/** The Euclidean distance of each example to its k-th nearest known one. */
export function* neighborDistances(
  known: NdArray<TypedArray>,
  features: NdArray<TypedArray>,
  k: number,
): Sliced<Float64Array> {
  const [count, width] = known.shape as readonly [number, number];
  const distances = new Float64Array(features.shape[0] as number);
  for (let i = 0; i < distances.length; i++) {
    const row = features.data.subarray(i * width, (i + 1) * width);
    const nearest = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
    yield* forEachOf(count, width + k, (j) => include(nearest, squaredDistance(row, known.data, j * width)));
    distances[i] = Math.sqrt(nearest[k - 1] as number);
  }
  return distances;
}

/** Puts a number in its place among the least, which are sorted. */
function include(nearest: Float64Array, square: number): void {
  let at = nearest.length - 1;
  if (square >= (nearest[at] as number)) return;
  for (; at > 0 && (nearest[at - 1] as number) > square; at--) nearest[at] = nearest[at - 1] as number;
  nearest[at] = square;
}

function squaredDistance(row: TypedArray, values: TypedArray, from: number): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    const difference = (row[k] as number) - (values[from + k] as number);
    sum += difference * difference;
  }
  return sum;
}

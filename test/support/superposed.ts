import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random, randomSubset, shuffled } from '../../src/numeric/random.ts';

/** More directions than units, of which each vector is a sum of three. */
export interface Superposed {
  /** Of unit length. */
  readonly directions: readonly Float64Array[];
  /** `[count, units]` */
  readonly vectors: NdArray;
}

/** `features` random directions of `units` units, and `count` vectors that each are three of them, with weights of 0.5 to 1.5. */
export function superposed(
  count: number,
  { features = 64, units = 24, seed = 0 }: { features?: number; units?: number; seed?: number } = {},
): Superposed {
  // Streams that nothing else draws from: a search that began at the same numbers would begin at what it looks for.
  const { normal } = random(seed, 1977, 0);
  const directions = Array.from({ length: features }, () => {
    const vector = Float64Array.from({ length: units }, normal);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
  const source = random(seed, 1977, 1);
  const data = new Float32Array(count * units);
  for (let row = 0; row < count; row++) {
    for (const feature of randomSubset(features, 3, source)) {
      const weight = source.uniform() + 0.5;
      (directions[feature] as Float64Array).forEach((value, unit) => {
        data[row * units + unit]! += weight * value;
      });
    }
  }
  return { directions, vectors: { shape: [count, units], data } };
}

/** The same numbers of each unit, in another order of the rows for each: what the units have in common is gone. */
export function unitsShuffled({ shape, data }: NdArray, seed = 3): NdArray {
  const [rows, units] = shape as [number, number];
  const orders = Array.from({ length: units }, (_, unit) => shuffled(rows, random(seed, unit).integer));
  return {
    shape,
    data: Float32Array.from(data, (_, at) => {
      const row = (orders[at % units] as Int32Array)[Math.floor(at / units)] as number;
      return data[row * units + (at % units)] as number;
    }),
  };
}

/** How near the nearest row of a matrix is to each direction, by the cosine (of either sign, if said so), and the mean. */
export function recovery(
  directions: readonly Float64Array[],
  rows: readonly ArrayLike<number>[],
  { eitherSign = false }: { eitherSign?: boolean } = {},
): { readonly mean: number; readonly found: number } {
  const best = directions.map((direction) =>
    Math.max(...rows.map((row) => (eitherSign ? Math.abs(cosineOf(direction, row)) : cosineOf(direction, row)))),
  );
  return {
    mean: best.reduce((sum, value) => sum + value, 0) / best.length,
    found: best.filter((value) => value > 0.9).length / best.length,
  };
}

/** The rows of a matrix. */
export function rowsIn({ shape, data }: NdArray): readonly Float32Array[] {
  const [count, units] = shape as [number, number];
  return Array.from({ length: count }, (_, row) => data.subarray(row * units, (row + 1) * units));
}

/** The cosine of the angle between two vectors. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const inner = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
}

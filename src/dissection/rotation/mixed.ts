import type { NdArray } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';

/** Directions among units, to project on. */
export interface Mix {
  readonly units: number;
  readonly directions: number;
  /** How much of each unit goes into each direction, `[units × directions]`. */
  readonly shares: Float64Array;
}

/** A mix of directions that are the rows of a matrix, `[directions, units]`. */
export function mixOf({ shape, data }: NdArray<Float32Array | Float64Array>): Mix {
  const [directions, units] = shape as readonly [number, number];
  const shares = new Float64Array(data.length);
  for (let direction = 0; direction < directions; direction++) {
    for (let unit = 0; unit < units; unit++) {
      shares[unit * directions + direction] = data[direction * units + unit] as number;
    }
  }
  return { units, directions, shares };
}

/** The projections of activations `[…, units]` on directions, at every position: $b_d = \sum_u M_{du} a_u$. */
export function* mixed({ shape, data }: NdArray, { units, directions, shares }: Mix): Sliced<NdArray> {
  const positions = data.length / units;
  const out = new Float32Array(positions * directions);
  const sums = new Float64Array(directions);
  yield* forEachOf(positions, units * directions, (position) => {
    sums.fill(0);
    for (let unit = 0; unit < units; unit++) {
      const activation = data[position * units + unit] as number;
      // Behind a ReLU most are.
      if (activation === 0) continue;
      for (let i = 0; i < directions; i++) sums[i]! += activation * (shares[unit * directions + i] as number);
    }
    out.set(sums, position * directions);
  });
  return { shape: [...shape.slice(0, -1), directions], data: out };
}

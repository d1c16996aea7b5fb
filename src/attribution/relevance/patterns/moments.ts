import type { NdArray } from '../../../numeric/ndarray.ts';
import type { BatchMoments } from './batchMoments.ts';

/** What a pattern is computed from: sums over samples, each a position of an example. */
export interface Moments {
  /** Over the samples at which the unit is active, in the shape of the kernel: Σ x and Σ x y. */
  readonly x: Float64Array;
  readonly xy: Float64Array;
  /** Over all samples, per unit: Σ y. */
  readonly y: Float64Array;
  readonly samples: number;
}

/** Moments with those of one more batch; the units are the last axis of the kernel, or the last two as one. */
export function withBatch(
  before: Moments | undefined,
  { x, xy, centre, rest, samples }: BatchMoments<NdArray>,
): Moments {
  const units = centre.data.length;
  const moments = before ?? zeroMoments(x.data.length, units);
  const count = at(samples.data, 0);
  for (let unit = 0; unit < units; unit++) {
    moments.y[unit] = at(moments.y, unit) + count * (at(centre.data, unit) + at(rest.data, unit));
  }
  for (let k = 0; k < x.data.length; k++) {
    moments.x[k] = at(moments.x, k) + at(x.data, k);
    moments.xy[k] = at(moments.xy, k) + at(xy.data, k) + at(centre.data, k % units) * at(x.data, k);
  }
  return { ...moments, samples: moments.samples + count };
}

/**
 * a = (E₊[x y] − E₊[x] E[y]) / wᵀ(E₊[x y] − E₊[x] E[y]), so that wᵀa = 1; Eqs. (6) and (9), Kindermans et al. 2018.
 * A unit that never was active, or never varied, has no pattern but zero.
 */
export function patternOf({ x, xy, y, samples }: Moments, kernel: NdArray): NdArray {
  const units = y.length;
  const covariance = xy.map((sum, k) => sum - (at(x, k) * at(y, k % units)) / samples);
  const scale = new Float64Array(units);
  covariance.forEach((value, k) => {
    scale[k % units] = at(scale, k % units) + at(kernel.data, k) * value;
  });
  const isStill = (unit: number): boolean => Math.abs(at(scale, unit)) <= (constant * at(y, unit) ** 2) / samples;
  const data = Float32Array.from(covariance, (value, k) => (isStill(k % units) ? 0 : value / at(scale, k % units)));
  return { shape: kernel.shape, data };
}

/** The variance of float32 numbers that should be one constant, in squares of it; far below any that says something. */
const constant = 1e-10;

function zeroMoments(weights: number, units: number): Moments {
  return { x: new Float64Array(weights), xy: new Float64Array(weights), y: new Float64Array(units), samples: 0 };
}

function at(values: Float64Array | Float32Array, index: number): number {
  return values[index] as number;
}

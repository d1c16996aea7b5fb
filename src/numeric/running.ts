import { addTo, type NdArray, sizeOf } from './ndarray.ts';

/** The mean and variance of arrays that come one at a time, element by element. */
export interface RunningMoments {
  readonly mean: Float64Array;
  add(values: ArrayLike<number>): void;
  /** The unbiased variance; needs two arrays. */
  variance(): Float64Array;
}

/** Starts the moments of arrays of a length. Welford's recurrence loses no digits where E[g²] − E[g]² would. */
export function runningMoments(length: number): RunningMoments {
  const mean = new Float64Array(length);
  const deviation = new Float64Array(length);
  let count = 0;
  return {
    mean,
    add(values) {
      count++;
      for (let k = 0; k < length; k++) {
        // Eqs. (4) and (5), Welford 1962.
        const before = (values[k] as number) - (mean[k] as number);
        mean[k] = (mean[k] as number) + before / count;
        deviation[k] = (deviation[k] as number) + before * ((values[k] as number) - (mean[k] as number));
      }
    },
    variance: () => deviation.map((sum) => sum / (count - 1)),
  };
}

/** The mean and covariance of vectors that come one at a time. */
export interface RunningCovariance {
  readonly mean: Float64Array;
  add(values: ArrayLike<number>): void;
  /** Adds what another one has seen, up to rounding. */
  merge(other: RunningCovariance): void;
  readonly count: number;
  /** $\sum (x - \mu)(x - \mu)^T$, `[length, length]`; what is below the diagonal is not kept up. */
  readonly comoments: Float64Array;
  /** The covariance over all vectors that came, `[length, length]`. */
  covariance(): Float64Array;
}

/** Starts the covariance of vectors of a length, by the recurrences of Chan, Golub and LeVeque 1983. */
export function runningCovariance(length: number): RunningCovariance {
  const mean = new Float64Array(length);
  const comoments = new Float64Array(length * length);
  const before = new Float64Array(length);
  let count = 0;
  const include = (center: ArrayLike<number>, vectors: number): void => {
    const weight = (count * vectors) / (count + vectors);
    for (let i = 0; i < length; i++) before[i] = (center[i] as number) - (mean[i] as number);
    for (let i = 0; i < length; i++) {
      const own = weight * (before[i] as number);
      for (let j = i; j < length; j++) comoments[i * length + j]! += own * (before[j] as number);
    }
    count += vectors;
    for (let i = 0; i < length; i++) mean[i] = (mean[i] as number) + ((before[i] as number) * vectors) / count;
  };
  return {
    mean,
    comoments,
    get count() {
      return count;
    },
    add: (values) => include(values, 1),
    merge(other) {
      if (other.count === 0) return;
      include(other.mean, other.count);
      for (let i = 0; i < comoments.length; i++) comoments[i]! += other.comoments[i] as number;
    },
    covariance: () =>
      comoments.map((_, place) => {
        const [i, j] = [Math.floor(place / length), place % length];
        return (comoments[Math.min(i, j) * length + Math.max(i, j)] as number) / count;
      }),
  };
}

/** Sums of arrays for each of several examples. */
export interface ExampleSums {
  /** Adds an array of one example to the sum at a place. */
  add(place: number, example: number, array: NdArray): void;
  /** The sums at all places, each with the examples along its first axis. */
  arrays(): readonly NdArray[];
}

/** Starts with nothing. Sums have 64 bits: of thousands of terms in 32 bits, three digits would be left. */
export function exampleSums(count: number): ExampleSums {
  const sums: NdArray<Float64Array>[] = [];
  return {
    add(place, example, { shape, data }) {
      sums[place] ??= { shape: [count, ...shape], data: new Float64Array(count * sizeOf(shape)) };
      addTo(sums[place].data, data, example * data.length);
    },
    arrays: () => sums.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) })),
  };
}

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

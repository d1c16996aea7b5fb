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

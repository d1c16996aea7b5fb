import type { NdArray } from '../../numeric/ndarray.ts';
import { rangeOf } from '../../numeric/statistics.ts';

/** What is known of codes from examples. */
export interface CodeStatistics {
  /** The standard deviation of each number of a code. */
  readonly deviations: Float32Array;
  /** The mean of all absolute values. */
  readonly magnitude: number;
  readonly range: readonly [low: number, high: number];
}

/** Reads codes `[m, …]`. */
export function codeStatistics({ shape, data }: NdArray): CodeStatistics {
  const count = shape[0] as number;
  const size = data.length / count;
  const deviations = new Float32Array(size);
  for (let unit = 0; unit < size; unit++) {
    let [mean, square] = [0, 0];
    for (let i = unit; i < data.length; i += size) mean += (data[i] as number) / count;
    for (let i = unit; i < data.length; i += size) square += ((data[i] as number) - mean) ** 2 / count;
    deviations[unit] = Math.sqrt(square);
  }
  const { low, high } = rangeOf(data);
  return {
    deviations,
    magnitude: data.reduce((sum, value) => sum + Math.abs(value), 0) / data.length,
    range: [low, high],
  };
}

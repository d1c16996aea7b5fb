import { joined, type NdArray } from '../../numeric/ndarray.ts';
import { type RunningMoments, runningMoments } from '../../numeric/running.ts';

/** Where the classes lie among the features, and how far each spreads. */
export interface ClassMoments {
  /** The classes that occur, in ascending order, `[k]`. */
  readonly classes: Int32Array;
  /** How many examples each has, `[k]`. */
  readonly counts: Int32Array;
  /** `[k, d]` */
  readonly means: NdArray<Float64Array>;
  /** The mean squared deviation from the mean of the class (divided by its count), `[k, d]`. */
  readonly variances: NdArray<Float64Array>;
}

/** Moments of examples that come one at a time. */
export interface MomentsByClass {
  add(features: ArrayLike<number>, label: number): void;
  moments(): ClassMoments;
}

/** Starts with no example, of so many features. */
export function momentsByClass(width: number): MomentsByClass {
  const found = new Map<number, { count: number; readonly moments: RunningMoments }>();
  return {
    add(features, label) {
      const own = found.get(label) ?? { count: 0, moments: runningMoments(width) };
      found.set(label, own);
      own.count++;
      own.moments.add(features);
    },
    moments() {
      const sorted = [...found].sort(([a], [b]) => a - b);
      const shape = [sorted.length, width];
      return {
        classes: Int32Array.from(sorted, ([label]) => label),
        counts: Int32Array.from(sorted, ([, { count }]) => count),
        means: { shape, data: joined(sorted.map(([, { moments }]) => moments.mean)) },
        variances: { shape, data: joined(sorted.map(([, { count, moments }]) => spreadOf(moments, count))) },
      };
    },
  };
}

/** The unbiased variance has count − 1 below. */
function spreadOf(moments: RunningMoments, count: number): Float64Array {
  const share = (count - 1) / count;
  return count === 1 ? moments.mean.map(() => 0) : moments.variance().map((value) => value * share);
}

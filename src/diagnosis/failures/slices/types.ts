import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import type { Interval } from '../../../numeric/proportions.ts';
import type { PerExample } from '../../classified.ts';

/** Examples, what they are and what a network says of them. */
export interface ClassifiedExamples {
  /** Activations of a layer near the output, `[n, d]`. */
  readonly embeddings: NdArray<TypedArray>;
  /** The class of each, `[n]`. */
  readonly labels: PerExample;
  /** `[n, k]`. */
  readonly probabilities: NdArray<TypedArray>;
}

/** How often a network errs. */
export interface ErrorRate {
  /** Of how many examples. */
  readonly size: number;
  /** 0 of none. */
  readonly errorRate: number;
  /** Of the error rate, 95 %. */
  readonly interval: Interval;
}

/** Examples of a class that were taken for a class. */
export interface ConfusionCount {
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
}

/** Examples that are alike and on which a network errs. */
export interface FoundSlice extends ErrorRate {
  /** The examples that belong to this slice more than to any other part of the mixture, those that do most first. */
  readonly members: Int32Array;
  /** Of all other examples. */
  readonly rest: ErrorRate;
  /** Of the error rate less that of the rest, 95 %. */
  readonly difference: Interval;
  /** What members are and were taken for, the most frequent first. */
  readonly confusion: readonly ConfusionCount[];
  /** What it was ranked by: the lower bound of the error rate, each example counted as far as it belongs. */
  readonly score: number;
  /** Of held-out examples whose embeddings alone put them here; with `heldOut`. */
  readonly heldOut?: ErrorRate;
}

/** What {@link findSlices} has found. */
export interface SliceFindings {
  /** The worst first; fewer than asked for where the mixture has fewer parts with members. */
  readonly slices: readonly FoundSlice[];
  /** How far each example belongs to each slice, 0 to 1, `[n, slices]`. */
  readonly membership: NdArray<Float64Array>;
  /** What each example is, and what it was taken for, `[n]`. */
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  /** Of all examples. */
  readonly all: ErrorRate;
  /** Of all held-out examples; with `heldOut`. */
  readonly heldOut?: ErrorRate;
  /** How many rounds of expectation-maximisation it took. */
  readonly steps: number;
}

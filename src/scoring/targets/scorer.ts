import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { ForwardRecord, WalkSeeds } from '../../network/walk/record.ts';

/** The explained score of the rows of a forward walk, and the cotangents from which its gradient starts. */
interface ScoredRows {
  /** F per row, `[n]`. */
  readonly score: Tensor1D;
  readonly seeds: WalkSeeds;
  /** The class of each row, where the target is a class. */
  readonly classes?: Tensor1D;
}

/** The part of a run that a score is read from. */
export type TappedValues = Pick<ForwardRecord, 'value'>;

/** A target made ready for a network: what the forward walk must keep, and how it is scored. */
export interface Scorer {
  readonly taps: readonly Site[];
  /** @param example the example that each row comes from. */
  score(run: TappedValues, example: Int32Array): ScoredRows;
  /** The score divided among the units that it is read from: where relevance starts. */
  divide(run: TappedValues, example: Int32Array): WalkSeeds;
}

/** Each unit times the gradient there, which sums to a score that is linear in the units. */
export function timesUnits(seeds: WalkSeeds, record: TappedValues): WalkSeeds {
  return new Map([...seeds].map(([site, seed]) => [site, tf.mul(seed as Tensor, record.value(site))]));
}

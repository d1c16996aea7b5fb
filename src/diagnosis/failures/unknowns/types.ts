import type { Interval } from '../../../numeric/proportions.ts';

/** What a pattern says of one feature; `from` is outside, `to` inside. */
export interface FeatureCondition {
  /** Which column of the features, from 0. */
  readonly feature: number;
  readonly name: string;
  /** Of a feature of zeros and ones whether it is there; of any other the lower, middle or upper third of its values. */
  readonly kind: 'present' | 'absent' | 'low' | 'middle' | 'high';
  /** What the feature is above; −∞ where there is no bound. */
  readonly from: number;
  /** What the feature is not above; ∞ where there is no bound. */
  readonly to: number;
}

/** Examples that belong together. */
export interface ExamplePartition {
  /** In words, such as `grass and not leash`. */
  readonly name: string;
  /** Rows of the features. */
  readonly members: Int32Array;
}

/** Examples that a pattern describes. */
export interface DescribedPartition extends ExamplePartition {
  /** All of which hold; none where no pattern holds. */
  readonly conditions: readonly FeatureCondition[];
}

/** What is known of one example. */
export interface UnknownAnswer {
  /** A row of the features. */
  readonly example: number;
  /** Whether the confident prediction is wrong. */
  readonly wrong: boolean;
}

/** What was asked of a partition. */
export interface SearchedPartition extends DescribedPartition {
  readonly asked: number;
  readonly found: number;
  /** The share of wrong ones among those asked; `null` where none was asked. */
  readonly errorRate: number | null;
  /** Of the error rate, 95 %. Those asked are a random part of the partition, but how many are asked depends on the answers. */
  readonly interval: Interval;
}

/** What a search for unknown unknowns has found. */
export interface UnknownUnknowns {
  /** Answers in their order. */
  readonly asked: readonly UnknownAnswer[];
  /** The examples that are confidently wrong, in the order in which they were found. */
  readonly found: Int32Array;
  /** How many were found after each answer. */
  readonly curve: Float64Array;
  /** By falling share of wrong ones. */
  readonly partitions: readonly SearchedPartition[];
  /** How evenly those found are spread over the partitions, in nats, 0 where all are in one; `null` where none was found. */
  readonly entropy: number | null;
}

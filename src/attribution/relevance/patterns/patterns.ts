import type { OperationKind } from '../../../network/graph/operation.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';

/** How a pattern is estimated: by a linear relation, or by one that holds where the unit is active. */
export type PatternEstimator = 'linear' | 'twoComponent';

/** What the units of one linear operation look for. */
export interface LayerPattern {
  /** The layer that the operation comes from. */
  readonly address: string;
  readonly kind: OperationKind;
  /** In the shape of the kernel; zero for units that never were active. */
  readonly pattern: NdArray;
  /** The values of the graph between which it lies: a batch normalisation may be merged with it. */
  readonly between: readonly [input: number, output: number];
}

/** What `fitPatterns` returns: plain data that belongs to one model. */
export interface Patterns {
  readonly estimator: PatternEstimator;
  /** The number of examples. */
  readonly examples: number;
  readonly layers: readonly LayerPattern[];
  /** The sum and the sum of squares of each weight of the model, `[weights, 2]`. */
  readonly fingerprint: NdArray;
}

/** Names one linear operation: a separable convolution is a layer of two. */
export function nameOf({ address, kind }: { readonly address: string; readonly kind: OperationKind }): string {
  return `${kind} "${address}"`;
}

import type { OutputHead } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { RunOptions } from '../../../network/types.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';

/** Which weights gradients are taken by: those of the last dense layer, of all layers, or of some, by address. */
export type GradientParameters = 'head' | 'all' | readonly string[];

/** A network, the output whose cross-entropy is its loss, and the weights that count. */
export interface GradientProblem extends RunOptions {
  readonly network: Network;
  readonly head: OutputHead;
  readonly parameters: GradientParameters;
  readonly seed: number;
}

/** Checked inputs of a network, and the class of each example. */
export interface LabelledInputs {
  readonly inputs: readonly NdArray[];
  readonly labels: ArrayLike<number>;
}

import type { Operation } from './operation.ts';

/** A shape with the batch axis first; `null` where the model leaves it open. */
export type OpenShape = readonly (number | null)[];

/** One operation with the values it reads and the value it makes; values are numbered in the order they are made. */
export interface Step {
  readonly operation: Operation;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** A place in a network where a tensor can be read, replaced, fed, or differentiated. */
export interface Site {
  /** The address of the layer whose output it is; an input has the name of its input layer. */
  readonly address: string;
  /** The class of that layer. */
  readonly layerClass: string;
  /** The number of the value in the graph. */
  readonly value: number;
  /** The number of weights of that layer. */
  readonly parameterCount: number;
  readonly shape: OpenShape;
}

/** One output of the model, and where its scores are before the last softmax or sigmoid. */
export interface Head {
  /** The output itself. */
  readonly site: Site;
  /** The logits: the output, or what its final softmax or sigmoid is taken of. */
  readonly logits: Site;
  /**
   * What turns the logits into probabilities: a softmax, a sigmoid of each unit, or for `'binary'` a sigmoid of the one
   * unit, which is the logit of class 1 and the negative of class 0's. The one unit of a linear output has none.
   */
  readonly link: 'softmax' | 'sigmoid' | 'binary' | 'none';
}

/** A model as operations in an order in which they can be run. */
export interface Graph {
  readonly steps: readonly Step[];
  readonly inputs: readonly Site[];
  readonly heads: readonly Head[];
  /** Every layer output by address, aliases included, and as `name@preactivation` what enters a fused activation. */
  readonly sites: ReadonlyMap<string, Site>;
  /** The shape of each value; of one that a layer makes on the way, the shape of the layer's output. */
  readonly shapes: readonly OpenShape[];
  readonly valueCount: number;
}

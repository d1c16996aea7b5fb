import type { Operation } from './operation.ts';

/** A shape with the batch axis first; `null` where the model leaves it open. */
export type OpenShape = readonly (number | null)[];

/** One operation with the values it reads and the value it makes; values are numbered in the order they are made. */
export interface GraphStep {
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
  /** Whether the axis after the batch is one of frames, to each of which the layer is applied on its own. */
  readonly perFrame?: boolean;
}

/**
 * What class scores are read from.
 *
 * - `'softmax'`: logits, of which a softmax makes the probabilities of classes.
 * - `'sigmoid'`: logits, of each of which a sigmoid makes a probability of its own.
 * - `'binary'`: the logit of class 1, from the one unit of a sigmoid; class 0 has its negative.
 * - `'probabilities'`: probabilities without logits, such as a mean of softmaxes.
 * - `'binaryProbability'`: the same of one unit: the probability of class 1; class 0 has the rest.
 * - `'linear'`: several values as they are, which may be logits: only the caller can tell.
 * - `'values'`: values as they are, which are no logits.
 */
export type OutputLink = 'softmax' | 'sigmoid' | 'binary' | 'probabilities' | 'binaryProbability' | 'linear' | 'values';

/** One output of the model, and where its scores are read. */
export interface OutputHead {
  /** The output itself. */
  readonly site: Site;
  /** What its final softmax or sigmoid is taken of; the output itself where it has none. */
  readonly logits: Site;
  readonly link: OutputLink;
  /** The operation that makes the output, but for those that only move values; none where the output is an input. */
  readonly maker?: Operation | undefined;
}

/** A model as operations in an order in which they can be run. */
export interface OperationGraph {
  readonly steps: readonly GraphStep[];
  readonly inputs: readonly Site[];
  readonly heads: readonly OutputHead[];
  /** Every layer output by address, aliases included, and as `name@preactivation` what enters a fused activation. */
  readonly sites: ReadonlyMap<string, Site>;
  /** The shape of each value; of one that a layer makes on the way, the shape of the layer's output. */
  readonly shapes: readonly OpenShape[];
  readonly valueCount: number;
  /**
   * Its steps, those put together that are one operation to rules though the model writes it in pieces; none where it
   * writes nothing so. Steps keep their places, and those of the pieces before the last are left empty.
   */
  readonly joined?: JoinedSteps;
}

/** Reads pieces of a graph as the operation that they are. */
export type JoinedSteps = (graph: OperationGraph, request: JoinRequest) => readonly (GraphStep | undefined)[];

/** Where pieces may be joined, and what for. */
export interface JoinRequest {
  /** Whether a value has so many readers, one by default, and need not exist as a tensor. */
  readonly inner: (value: number, readers?: number) => boolean;
  /** The rule that a backward walk takes for an operation. */
  readonly rule: (operation: Operation, step: number) => object;
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Precision } from '../backend/kernels/convolve.ts';
import type { OperationGraph, OutputHead, Site } from './graph/graph.ts';
import type { NetworkSource } from './graph/networkSource.ts';
import type { Operation } from './graph/operation.ts';
import type { ForwardOptions } from './walk/forward.ts';
import type { ForwardRecord } from './walk/record.ts';

/**
 * A model compiled once for many calls. It keeps the tensors made from the weights (folded and flipped kernels), which
 * cost more than a prediction to make, and follows `setWeights` and further training of its model.
 */
export interface Network {
  /** What it was compiled from; never changed. */
  readonly source: NetworkSource;
  /** The model as operations. */
  readonly graph: OperationGraph;
  readonly operations: readonly Operation[];
  readonly inputs: readonly [Site, ...Site[]];
  /** The outputs, with what the graph and the caller of `compile` say that they hold. */
  readonly heads: readonly [OutputHead, ...OutputHead[]];
  /** The output of a layer, by address: `conv1`, `outer/inner`, `shared#1`. Throws with near choices. */
  site(address: string, argument?: string): Site;
  /** How exact its convolutions are on wasm, as `compile` was told. */
  readonly precision: Precision;
  /** Runs the network inside the caller's `tf.tidy`. */
  forward(inputs: readonly Tensor[], options?: ForwardOptions): ForwardRecord;
  /**
   * Throws if it cannot run: it is disposed, another backend is the current one, or its weights changed during a call.
   *
   * @internal
   */
  assertUsable(): void;
  /**
   * Makes ready the kernels that it has for the current backend, without belonging to it.
   *
   * @internal
   */
  startKernels(): void;
  /** Drops what was made from weights that the model no longer has, and that are none of the given ones. */
  sweep(others?: readonly Tensor[]): void;
  /** Frees all that it holds, the model too if it was loaded by `loadNetwork`, and no other. Later calls throw. */
  dispose(): void;
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../numeric/ndarray.ts';
import type { GraphModel } from './graph/graphModel.ts';
import type { Network } from './network.ts';

/** A model of TensorFlow.js, or the same model compiled once for many calls. */
export type Model = LayersModel | GraphModel | Network;

/** One example or a batch, as tensor or plain array; a list for a model with several inputs. Tensors stay the caller's. */
export type Input = Tensor | NdArray | readonly (Tensor | NdArray)[];

/**
 * What a class score is measured in: `'logit'` is before the final softmax or sigmoid, and the output as it is where there
 * is none; `'probability'` after it, and `'logProbability'` its logarithm. Several linear values are logits of a softmax for
 * whoever asks for probabilities; a mean of softmaxes has no logits, and values that are no logits have no probabilities.
 */
export type Scale = 'logit' | 'probability' | 'logProbability';

/**
 * What an output holds, where the operations that make it do not tell: `'logits'` of a softmax, `'probabilities'`, or
 * `'values'`, such as a regression, that are explained as they are by every method.
 */
export type OutputMeaning = 'logits' | 'probabilities' | 'values';

/** How far a long call has come. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** How a long call is watched, stopped, split and seeded. */
export interface RunOptions {
  /** Examples (or samples) in one pass; by default 1 on wasm and cpu and 8 elsewhere. */
  readonly batchSize?: number;
  /** Stops the call; it rejects with `signal.reason`. Checked before each batch. */
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (progress: Progress) => void;
}

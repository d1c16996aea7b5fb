import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OutputHead } from '../network/graph/graph.ts';
import { classLogits, sided, unsided } from '../network/heads/classLogits.ts';

/** One score of each class, and the way back of a gradient. */
export interface LogitReading {
  /** `[m, k]`; a softmax of them is what the model says. */
  readonly scores: Tensor2D;
  /** From a gradient of the scores to one of what the output holds, in its shape. */
  pullback(seeds: Tensor2D): Tensor;
}

/**
 * The scores of all classes as logits. Those of a pair of classes that share a unit are half of it each way, so that a softmax
 * gives what the sigmoid gives; of probabilities they are the logarithms.
 */
export function readLogits(held: Tensor, head: OutputHead): LogitReading {
  const { link } = head;
  const z = sided(classLogits(held, head), link);
  const back = (seeds: Tensor2D): Tensor => tf.reshape(unsided(seeds, link), held.shape);
  if (link === 'binary') return { scores: tf.mul(z, 0.5), pullback: (seeds) => back(tf.mul(seeds, 0.5)) };
  if (link !== 'probabilities' && link !== 'binaryProbability') return { scores: z, pullback: back };
  const likely = tf.maximum<Tensor2D>(z, LEAST);
  return { scores: tf.log(likely), pullback: (seeds) => back(tf.div(seeds, likely)) };
}

/** Probabilities may be 0, of which there is no logarithm. */
const LEAST = 1e-30;

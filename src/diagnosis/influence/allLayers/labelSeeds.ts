import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../../backend/portable.ts';
import { random } from '../../../numeric/random.ts';

/** How many labels are drawn from the model for each example, or that all count as much as they are probable. */
export type LabelSamples = number | 'all';

/** p − y: the gradient of the cross-entropy with respect to the scores. */
export function labelSeeds(probabilities: Tensor2D, labels: readonly number[]): Tensor2D {
  return tf.sub(probabilities, oneHot(tf.tensor1d([...labels], 'int32'), probabilities.shape[1]));
}

/**
 * The same for labels that the model itself gives, each weighed by the root of its share: products of such gradients with
 * themselves add up to their expectation, the Fisher information.
 */
export function sampledSeeds(
  probabilities: Tensor2D,
  examples: readonly number[],
  { samples, seed }: { readonly samples: LabelSamples; readonly seed: number },
): readonly Tensor2D[] {
  if (samples === 'all') return everySeed(probabilities);
  return Array.from({ length: samples }, (_, sample) => {
    const drawn = examples.map((example) => random(seed, example, sample, STREAM).uniform());
    return tf.mul(tf.sub(probabilities, drawnLabels(probabilities, drawn)), 1 / Math.sqrt(samples));
  });
}

const STREAM = 40;

function everySeed(probabilities: Tensor2D): readonly Tensor2D[] {
  const [examples, classes] = probabilities.shape;
  return Array.from({ length: classes }, (_, label) => {
    const share = tf.sqrt(tf.slice2d(probabilities, [0, label], [examples, 1]));
    return tf.mul(labelSeeds(probabilities, new Array<number>(examples).fill(label)), share);
  });
}

/** By how many of the running sums of the probabilities a number of 0…1 is reached. */
function drawnLabels(probabilities: Tensor2D, drawn: readonly number[]): Tensor2D {
  const classes = probabilities.shape[1];
  const sums = tf.cumsum(probabilities, 1);
  const passed = tf.sum(tf.cast(tf.lessEqual(sums, tf.tensor2d([...drawn], [drawn.length, 1])), 'int32'), 1);
  // Rounded, the sums may end before 1.
  return oneHot(tf.minimum(passed, tf.scalar(classes - 1, 'int32')) as Tensor1D, classes);
}

import type { Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../../backend/portable.ts';
import type { OutputHead } from '../../../network/graph/graph.ts';
import type { Scale } from '../../../network/types.ts';
import { weightedScorer } from '../../../scoring/targets/classScore.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';

/** The score of each example's class less the greatest score of the others, whichever that is in a row. */
export function marginScorer(head: OutputHead, scale: Scale, classes: Int32Array): Scorer {
  return weightedScorer(head, scale, (z, example) => {
    const chosen = tf.tensor1d(
      example.map((i) => classes[i] as number),
      'int32',
    );
    const own = oneHot(chosen, z.shape[1]);
    const rival = tf.argMax(tf.sub(z, tf.mul(own, 1e9)), 1) as Tensor1D;
    return { weights: tf.sub(own, oneHot(rival, z.shape[1])), classes: chosen };
  });
}

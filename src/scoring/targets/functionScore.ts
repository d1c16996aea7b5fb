import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { freedOnError } from '../../backend/freedOnError.ts';
import type { Head } from '../../network/graph/graph.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { ScoreFunction } from '../types.ts';
import { type Scorer, timesUnits } from './scorer.ts';

/** The score that a user's function makes of the raw outputs; its gradient there comes from the tape. */
export function functionScorer(heads: readonly Head[], target: ScoreFunction): Scorer {
  const score: Scorer['score'] = (record, example) => {
    const outputs = heads.map(({ site }) => record.value(site));
    const values = tf.tidy(() => tf.clone(target(outputs, example)));
    if (values.rank !== 1 || values.shape[0] !== example.length) {
      throw new VitrineError(
        'bad-shape',
        `"target" expected a function that returns shape [${example.length}], got [${values.shape.join(', ')}]`,
      );
    }
    const gradients = freedOnError(() => tf.grads(touchingAll(target, example))([...outputs], tf.onesLike(values)));
    return {
      score: values as Tensor1D,
      seeds: new Map(heads.map(({ site }, i) => [site, gradients[i] as Tensor])),
    };
  };
  return {
    taps: heads.map(({ site }) => site),
    score,
    divide: (record, example) => timesUnits(score(record, example).seeds, record),
  };
}

/** The tape refuses a function that leaves one of its arguments out; a zero share of each makes it whole. */
function touchingAll(target: ScoreFunction, example: Int32Array): (...outputs: Tensor[]) => Tensor {
  return (...outputs) =>
    outputs.reduce(
      (score, output) => tf.add(score, tf.mul(tf.sum(tf.reshape(output, [example.length, -1]), 1), 0)),
      target(outputs, example),
    );
}

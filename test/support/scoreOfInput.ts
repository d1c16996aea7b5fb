import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import type { ScoreFunction } from '../../src/scoring/types.ts';
import { chain } from '../oracle/building.ts';

/** A model whose output is its input, so that a target is a function of x; the caller frees it. */
export function passing(...shape: number[]): LayersModel {
  return chain(shape, l.activation({ activation: 'linear' }));
}

/** A target on {@link passing}, in terms of the elements of x. */
export function elementwise(score: (elements: tf.Tensor[]) => tf.Tensor): ScoreFunction {
  return ([x]) => {
    const count = (x as tf.Tensor).shape[0] as number;
    const rows = tf.reshape(x as tf.Tensor, [count, -1]);
    const elements = Array.from({ length: rows.shape[1] as number }, (_, i) => tf.slice(rows, [0, i], [count, 1]));
    return score(elements.map((element) => tf.reshape(element, [count])));
  };
}

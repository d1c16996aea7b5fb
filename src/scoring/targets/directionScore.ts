import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../../network/network.ts';
import { assertLength, assertVector } from '../directionVector.ts';
import type { DirectionTarget } from '../types.ts';
import { placeScorer } from './placeScore.ts';
import type { Scorer } from './scorer.ts';

/** ⟨a, v⟩ of the units of a layer and a vector, at a position or reduced over all of them. */
export function directionScorer(network: Pick<Network, 'site'>, { layer, vector, position }: DirectionTarget): Scorer {
  const site = network.site(layer, 'target.layer');
  assertVector('target.vector', vector);
  assertLength('target.vector', vector, site);
  const row = (): Tensor2D => tf.tensor2d(Float32Array.from(vector), [1, vector.length]);
  return placeScorer(site, {
    position,
    values(activation) {
      const [rows, positions, units] = activation.shape;
      const flat = tf.reshape(activation, [rows * positions, units]);
      return tf.reshape(tf.matMul(flat, row(), false, true), [rows, positions]) as Tensor2D;
    },
    weights: row,
  });
}

import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../backend/portable.ts';
import type { Network } from '../../network/network.ts';
import { assertIndex } from '../../numeric/check.ts';
import type { UnitTarget } from '../types.ts';
import { placeScorer } from './placeScore.ts';
import type { Scorer } from './scorer.ts';

/** The activation of one unit, at a position or reduced over all of them. */
export function unitScorer(network: Pick<Network, 'site'>, { layer, unit, position }: UnitTarget): Scorer {
  const site = network.site(layer, 'target.layer');
  assertIndex(unit, site.shape.at(-1) ?? Number.POSITIVE_INFINITY, 'target.unit');
  return placeScorer(site, {
    position,
    values: (activation) => tf.squeeze(tf.slice(activation, [0, 0, unit], [-1, -1, 1]), [2]) as Tensor2D,
    weights: (units) => oneHot(tf.tensor1d([unit], 'int32'), units),
  });
}

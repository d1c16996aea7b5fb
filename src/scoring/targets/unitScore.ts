import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../backend/portable.ts';
import type { Site } from '../../network/graph/graph.ts';
import { assertPosition, positionNumber } from '../../network/graph/site.ts';
import type { Network } from '../../network/network.ts';
import { assertChoice, assertIndex } from '../../numeric/check.ts';
import type { UnitTarget } from '../types.ts';
import { type Scorer, timesUnits } from './scorer.ts';

/** The activation of one unit, at a position or reduced over all of them. */
export function unitScorer(network: Pick<Network, 'site'>, target: UnitTarget): Scorer {
  const site = network.site(target.layer, 'target.layer');
  const units = site.shape.at(-1) ?? Number.POSITIVE_INFINITY;
  assertIndex(target.unit, units, 'target.unit');
  assertReduction(site, target.position ?? 'mean');
  const score: Scorer['score'] = (record) => {
    const activation = record.value(site);
    const [rows, channels] = [activation.shape[0] as number, activation.shape.at(-1) as number];
    const flat = tf.reshape(activation, [rows, -1, channels]);
    const values = tf.squeeze(tf.slice(flat, [0, 0, target.unit], [-1, -1, 1]), [2]) as Tensor2D;
    const weights = positionWeights(values, target.position ?? 'mean', activation.shape);
    const channel = oneHot(tf.tensor1d([target.unit], 'int32'), channels);
    const seed = tf.reshape(tf.mul(tf.expandDims(weights, 2), channel), activation.shape);
    return { score: tf.sum(tf.mul(values, weights), 1), seeds: new Map([[site, seed]]) };
  };
  return { taps: [site], score, divide: (record, example) => timesUnits(score(record, example).seeds, record) };
}

/** How much each position counts, `[n, positions]`. */
function positionWeights(
  values: Tensor2D,
  position: NonNullable<UnitTarget['position']>,
  shape: readonly number[],
): Tensor2D {
  const [rows, positions] = values.shape;
  if (position === 'sum') return tf.onesLike(values);
  if (position === 'mean') return tf.fill([rows, positions], 1 / positions);
  const index = position === 'max' ? tf.argMax(values, 1) : tf.fill([rows], positionNumber(position, shape), 'int32');
  return oneHot(index as Tensor1D, positions);
}

function assertReduction(site: Site, position: NonNullable<UnitTarget['position']>): void {
  if (typeof position === 'string') assertChoice('target.position', position, ['max', 'mean', 'sum']);
  else assertPosition('target.position', position, site);
}

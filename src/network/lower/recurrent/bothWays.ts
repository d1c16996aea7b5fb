import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { reverse } from '../../../backend/portable.ts';
import { overTime } from './overTime.ts';
import type { BidirectionalLayer } from './recurrentLayer.ts';

const merges: Readonly<Record<'concat' | 'sum' | 'ave' | 'mul', (y: Tensor, back: Tensor) => Tensor>> = {
  concat: (y, back) => tf.concat([y, back], -1),
  sum: tf.add,
  ave: (y, back) => tf.mul(tf.add(y, back), 0.5),
  mul: tf.mul,
};

/**
 * Runs a bidirectional layer: one layer on the sequence, the other on it from its end.
 *
 * @param inputs `[n, t, …]`, and behind it the first states of the one and of the other if they are given.
 * @returns what the two give in the order of time, merged or one behind the other, and behind it their last states.
 */
export function bothWays(layer: BidirectionalLayer, [x, ...given]: readonly Tensor[]): readonly Tensor[] {
  const { forwardLayer, backwardLayer, mergeMode } = layer;
  const half = given.length / 2;
  const [y, ...states] = overTime(forwardLayer, [x as Tensor, ...given.slice(0, half)]);
  const [reversed, ...others] = overTime(backwardLayer, [x as Tensor, ...given.slice(half)]);
  const back = backwardLayer.returnSequences ? reverse(reversed as Tensor, 1) : (reversed as Tensor);
  const made = mergeMode ? [merges[mergeMode](y as Tensor, back)] : [y as Tensor, back];
  return [...made, ...states, ...others];
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { divNoNan, where } from '../../../backend/anyRank.ts';
import type { Rule, RuleIo } from '../../../network/composite.ts';
import type { Operation } from '../../../network/operation.ts';
import { differenceOf } from './differences.ts';

/** An activation passes a multiplier times its own, m = Δy / Δx (Shrikumar et al. 2017, §3.5.2). */
export const rescaleActivation: Rule = {
  name: 'rescale',
  needs: ['inputs', 'output', 'reference'],
  backward: (operation, io, streams) => {
    const slope = slopeOf(operation, io);
    return [streams.map((stream) => tf.mul(stream, slope))];
  },
};

/** A few units in the last place of a float32, as the functions of a backend differ from the true ones. */
const rounding = 8 * 2 ** -24;

/**
 * Δy / Δx, or the derivative where that explains Δy up to rounding. A threshold on Δx would have to know the function:
 * of float32 numbers the quotient is noise long before Δx is 1e-10, yet right across a kink however small Δx is.
 */
function slopeOf(operation: Operation, io: RuleIo): Tensor {
  const run = differenceOf(io, 'inputs');
  const rise = differenceOf(io, 'output');
  const derivative = operation.pullback(tf.onesLike(run), io)[0] as Tensor;
  const unexplained = tf.abs(tf.sub(rise, tf.mul(derivative, run)));
  const noise = tf.mul(tf.add(tf.abs(io.output), tf.abs(io.reference.output)), rounding);
  return where(tf.lessEqual(unexplained, noise), derivative, divNoNan(rise, run));
}

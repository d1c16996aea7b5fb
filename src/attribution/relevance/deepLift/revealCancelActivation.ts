import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { where } from '../../../backend/anyRank.ts';
import type { Rule } from '../../../network/composite.ts';
import type { Contributions } from './contributions.ts';

/**
 * RevealCancel: what the positive contributions do before and after the negative ones were added, on average, and the
 * other way round. Δy⁺ = ½[f(z' + Δz⁺) − f(z') + f(z) − f(z' + Δz⁻)], Δy⁻ likewise, m± = Δy± / Δz±
 * (Shrikumar et al. 2017, §3.5.3).
 */
export const revealCancelActivation: Rule<Contributions> = {
  name: 'revealCancel',
  needs: ['inputs', 'output', 'reference', 'state'],
  forward: (operation, { inputs, output, reference }, [entering]) => {
    const { positive, negative } = entering as Contributions;
    const [z, z0] = [inputs[0] as Tensor, reference.inputs[0] as Tensor];
    const withPositive = operation.forward([tf.add(z0, positive)]);
    const withNegative = operation.forward([tf.add(z0, negative)]);
    const mean = (alone: Tensor, other: Tensor): Tensor =>
      tf.mul(tf.add(tf.sub(alone, reference.output), tf.sub(output, other)), 0.5);
    const [up, down] = [mean(withPositive, withNegative), mean(withNegative, withPositive)];
    const noise = tf.mul(tf.add(tf.abs(z), tf.abs(z0)), rounding);
    return { positive: up, negative: down, slopes: [slope(up, positive, noise), slope(down, negative, noise)] };
  },
  backward: (_operation, { state }, streams) => [
    streams.map((stream, i) => tf.mul(stream, state.slopes?.[i as 0 | 1] as Tensor)),
  ],
};

const rounding = 4 * 2 ** -24;

/** Contributions that vanish in the rounding of z pass nothing on, as by the pseudo-count of the authors' program. */
function slope(rise: Tensor, run: Tensor, noise: Tensor): Tensor {
  return where(tf.greater(tf.abs(run), noise), tf.div(rise, run), tf.zerosLike(run));
}

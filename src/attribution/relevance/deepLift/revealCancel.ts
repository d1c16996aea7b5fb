import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { where } from '../../../backend/portable.ts';
import type { Operation, OperationKind } from '../../../network/graph/operation.ts';
import { activationKinds, kernelKinds, movingKinds, summingKinds } from '../../../network/graph/operationKinds.ts';
import type { Composite, Rule } from '../../../network/walk/composite.ts';
import { bySign, type Contributions, contributionsTo, differenceOf, passedOn } from './contributions.ts';
import { linearRule } from './linearRule.ts';

/**
 * The rules of RevealCancel at some operations, and at all others rules for whole differences. Those come into play too
 * where the paper defines nothing, for maxima and products.
 */
export function revealCancel(others: Composite, isAt: (operation: Operation) => boolean = () => true): Composite {
  const among = (kinds: readonly OperationKind[], rule: Rule): Composite[number] => [
    (operation) => kinds.includes(operation.kind) && isAt(operation),
    rule,
  ];
  return [
    among([...kernelKinds, 'affine'], linearRule),
    among([...movingKinds, ...summingKinds], passedOn),
    among(activationKinds, revealCancelActivation),
    ...lifted(others),
  ];
}

/** The same rules among rules for contributions. */
export function lifted(composite: Composite): Composite {
  return composite.map(([matcher, rule]) => [matcher, restarted(rule)]);
}

/**
 * RevealCancel: what the positive contributions do before and after the negative ones were added, on average, and the
 * other way round. Δy⁺ = ½[f(z' + Δz⁺) − f(z') + f(z) − f(z' + Δz⁻)], Δy⁻ likewise, m± = Δy± / Δz±
 * (Shrikumar et al. 2017, §3.5.3).
 */
const revealCancelActivation: Rule<Contributions> = {
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

/**
 * A rule for whole differences among rules for contributions: these begin anew behind it, as the positive and the
 * negative part of Δy. One of the two is Δy then, so that its multiplier is the one to pass back.
 */
function restarted(rule: Rule): Rule<Contributions> {
  return {
    name: rule.name,
    needs: [...rule.needs, 'output', 'reference', 'state'],
    forward: (_operation, io) => contributionsTo(differenceOf(io, 'output')),
    backward: (operation, io, [up, down]) => {
      const stream = bySign(differenceOf(io, 'output'), up as Tensor, down as Tensor);
      return rule
        .backward(operation, io as never, [stream])
        .map(([multiplier]) => [multiplier as Tensor, tf.clone(multiplier as Tensor)]);
    },
  };
}

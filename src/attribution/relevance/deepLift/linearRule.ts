import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow } from '../../../backend/kernels/elementwise.ts';
import type { Operation, OperationParameters } from '../../../network/graph/operation.ts';
import type { Rule, RuleIo } from '../../../network/walk/composite.ts';
import { signSplit } from '../../../network/walk/signSplit.ts';
import { bySign, type Contributions, contributionsTo, differenceOf } from './contributions.ts';

/**
 * The Linear rule (Shrikumar et al. 2017, §3.5.1), of operations with a kernel and of batch normalisation: of both at
 * once, which lets the plan merge them.
 */
export const linearRule: Rule<Contributions> = {
  name: 'linear',
  needs: ['inputs', 'reference', 'state'],
  forward: (operation, io, [entering]) => {
    if (operation.kind !== 'affine') return weighted(operation, io);
    const { positive, negative } = entering as Contributions;
    const [up, down] = scaled(operation, positive, negative);
    return { positive: up, negative: down };
  },
  backward: (operation, io, streams) => {
    const [up, down] = streams as [Tensor, Tensor];
    if (operation.kind === 'affine') return [scaled(operation, up, down)];
    const multiplier = weightedBack(operation, io, [up, down]);
    return [[multiplier, tf.clone(multiplier)]];
  },
};

/** Δz⁺ is the sum of the w Δx that are positive, Δz⁻ of those that are negative, by the sign of the whole Δx. */
function weighted(operation: Operation, io: RuleIo): Contributions {
  const { positive: up, negative: down } = contributionsTo(differenceOf(io, 'inputs'));
  const { positive, negative } = signSplit(operation);
  const sum = (ofUp: OperationParameters, ofDown: OperationParameters): Tensor =>
    tf.add(operation.forward([up], ofUp), operation.forward([down], ofDown));
  return { positive: sum(positive, negative), negative: sum(negative, positive) };
}

/** m = W⁺m⁺ + W⁻m⁻ where Δx > 0, W⁻m⁺ + W⁺m⁻ where Δx < 0, and their mean ½W(m⁺ + m⁻) where Δx = 0. */
function weightedBack(operation: Operation, io: RuleIo, [up, down]: readonly [Tensor, Tensor]): Tensor {
  const { positive, negative } = signSplit(operation);
  const sum = (ofUp: OperationParameters, ofDown: OperationParameters): Tensor => {
    const [one] = operation.pullback(up, io, ofUp) as [Tensor];
    const [other] = operation.pullback(down, io, ofDown) as [Tensor];
    return tf.add(one, other);
  };
  return bySign(differenceOf(io, 'inputs'), sum(positive, negative), sum(negative, positive));
}

/** A scale keeps contributions apart, as a kernel does that it is merged into; a negative one swaps them. Both ways. */
function scaled({ parameters }: Operation, up: Tensor, down: Tensor): [Tensor, Tensor] {
  const scale = channelRow(parameters['scale'] as Tensor);
  const [positive, negative] = [tf.relu(scale), tf.minimum(scale, 0)];
  const sum = (one: Tensor, other: Tensor): Tensor => tf.add(tf.mul(up, one), tf.mul(down, other));
  return [sum(positive, negative), sum(negative, positive)];
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { divNoNan, where } from '../../../backend/portable.ts';
import type { Operation } from '../../../network/graph/operation.ts';
import { activationKinds, kernelKinds, movingKinds, summingKinds } from '../../../network/graph/operationKinds.ts';
import { type Composite, gradientRule, type Rule, type RuleIo } from '../../../network/walk/composite.ts';
import { refusal, unknownLayer } from '../../refusal.ts';
import { differenceOf } from './contributions.ts';
import { shapleyKinds, shapleyMerge } from './shapleyMerge.ts';
import { shapleyNormalization } from './shapleyNormalization.ts';

/** An activation passes a multiplier times its own, m = Δy / Δx (Shrikumar et al. 2017, §3.5.2). */
const rescaleActivation: Rule = {
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

/**
 * A maximum y over a window, with c = max(y, y'): c − y' is due to the maximum of x, y − c to that of x', and each
 * divided by Δx is a multiplier between 0 and 1. Together they are y − y'.
 */
const rescalePooling: Rule = {
  name: 'rescale',
  needs: ['inputs', 'output', 'reference'],
  backward: (operation, io, streams) => {
    const { output, reference } = io;
    const cross = tf.maximum(output, reference.output);
    const [here, there] = [tf.sub(cross, reference.output), tf.sub(output, cross)];
    const run = differenceOf(io, 'inputs');
    const multiplier = (stream: Tensor): Tensor => {
      const atMaximum = operation.pullback(tf.mul(stream, here), io)[0] as Tensor;
      const atReference = operation.pullback(tf.mul(stream, there), reference)[0] as Tensor;
      return divNoNan(tf.add(atMaximum, atReference), run);
    };
    return [streams.map(multiplier)];
  },
};

/** DeepLIFT with the Rescale rule: what has no rule here would break the sum, and is refused. */
export const rescale: Composite = [
  [[...kernelKinds, ...movingKinds, ...summingKinds, 'subtract', 'affine'], gradientRule],
  [[...activationKinds, 'elementwise'], rescaleActivation],
  [['maxPool', 'globalMaxPool'], rescalePooling],
  [shapleyKinds, shapleyMerge],
  [({ moments }) => moments !== undefined, shapleyNormalization],
  ['opaque', refusal('deepLift', unknownLayer)],
  [
    () => true,
    refusal(
      'deepLift',
      ({ kind, address, layerClass }) => `has no rule for ${kind} in layer "${address}" (${layerClass})`,
    ),
  ],
];

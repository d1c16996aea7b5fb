import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { divNoNan } from '../../../backend/anyRank.ts';
import type { Rule } from '../../../network/composite.ts';
import { differenceOf } from './differences.ts';

/**
 * A maximum y over a window, with c = max(y, y'): c − y' is due to the maximum of x, y − c to that of x', and each
 * divided by Δx is a multiplier between 0 and 1. Together they are y − y'.
 */
export const rescalePooling: Rule = {
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

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Rule } from '../../../network/composite.ts';
import { derivedWeights } from './derivedWeights.ts';
import { distribution, inProportion, sumOf } from './distribution.ts';

/** A rule in which every input counts as 1, of weights made from the kernel and perhaps from the bias. */
export function unweighted(
  name: string,
  ofKernel: (kernel: Tensor) => Tensor,
  ofBias?: (bias: Tensor) => Tensor,
): Rule {
  return {
    name,
    needs: [],
    backward: (operation, io, streams) => {
      const { bias } = operation.parameters;
      const weights = derivedWeights(operation, name, ofKernel);
      const input = tf.ones([1, ...(io.inputShapes[0] as number[]).slice(1)]);
      const terms = [{ input, weights: bias && ofBias ? { ...weights, bias: ofBias(bias) } : weights }];
      return [streams.map(distribution(operation, io, [inProportion(terms, sumOf(operation, terms))]))];
    },
  };
}

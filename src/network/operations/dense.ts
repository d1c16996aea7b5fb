import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation, OperationParameters } from '../graph/operation.ts';
import {
  channelRegion,
  derivedWeights,
  describeOperation,
  type OperationSource,
  onlyShape,
  parameter,
  perChannel,
  pointwise,
} from './base.ts';
import { foldAffine, foldInputAffine, fusedName, fusesRelu, lastAxis } from './foldAffine.ts';

/** A dense layer on the last axis: `kernel` [in, out], optional `bias` [out]. */
export function dense(source: OperationSource, parameters: () => OperationParameters): Operation {
  const kernelOf = (weights: OperationParameters): Tensor2D => parameter<Tensor2D>(weights, 'kernel');
  return {
    ...describeOperation('dense', source),
    get parameters() {
      return parameters();
    },
    linear: true,
    fuses: fusesRelu,
    forward: ([x], weights = parameters(), activation) => {
      const kernel = kernelOf(weights);
      const y = tf.fused.matMul({
        a: asRows(x as Tensor),
        b: kernel,
        ...(weights.bias && { bias: weights.bias as Tensor1D }),
        activation: fusedName(activation),
      });
      return tf.reshape(y, [...(x as Tensor).shape.slice(0, -1), kernel.shape[1]]);
    },
    pullback: (cotangent, io, weights = parameters()) => {
      const gradient = tf.matMul(asRows(cotangent), kernelOf(weights), false, true);
      return [tf.reshape(gradient, onlyShape(io))];
    },
    kernelPullback: (cotangent, { inputs }) => tf.matMul(asRows(inputs[0] as Tensor), asRows(cotangent), true),
    region: channelRegion,
    get partial() {
      return perChannel(parameters().bias) ? pointwise(this.forward) : undefined;
    },
    withParameters: (other) => dense(source, other),
    absorb: (affine) => dense(source, foldAffine(source, parameters, { affine, channels: lastAxis })),
    absorbInput: (affine) => dense(source, foldInputAffine(source, parameters, { affine, outputAxes: 1 })),
    derive: derivedWeights(source, parameters),
  };
}

function asRows(x: Tensor): Tensor2D {
  return tf.reshape(x, [-1, x.shape.at(-1) as number]);
}

import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { scaleShift } from '../../backend/kernels/elementwise.ts';
import type { Operation, Parameters } from '../operation.ts';
import { describeOperation, type OperationSource, parameter, perChannel, pointwise, sameRegion } from './base.ts';

/** y = scale · x + shift per channel of the last axis: batch normalisation in inference, rescaling. */
export function affine(source: OperationSource, parameters: () => Parameters): Operation {
  return {
    ...describeOperation('affine', source),
    get parameters() {
      return parameters();
    },
    fuses: () => true,
    forward: ([x], weights = parameters(), activation) =>
      scaleShift(x as Tensor, parameter<Tensor1D>(weights, 'scale'), parameter<Tensor1D>(weights, 'shift'), activation),
    pullback: (cotangent, _io, weights = parameters()) => [tf.mul(cotangent, parameter(weights, 'scale'))],
    region: sameRegion,
    get partial() {
      const { scale, shift } = parameters();
      return perChannel(scale, shift) ? pointwise(this.forward) : undefined;
    },
    withParameters: (other) => affine(source, other),
  };
}

/** The scale γ/√(σ² + ε) and shift β − μ·scale of an inference batch normalisation. */
export function batchNormalization(
  source: OperationSource,
  epsilon: number,
  weights: () => { gamma?: Tensor; beta?: Tensor; mean: Tensor; variance: Tensor },
): () => Parameters {
  const { address, store } = source;
  return () => {
    const { gamma, beta, mean, variance } = weights();
    const scale = store.derive(`${address}: scale`, gamma ? [gamma, variance] : [variance], () =>
      tf.mul(gamma ?? 1, tf.rsqrt(tf.add(variance, epsilon))),
    );
    const shift = store.derive(`${address}: shift`, beta ? [beta, mean, scale] : [mean, scale], () =>
      tf.sub(beta ?? 0, tf.mul(mean, scale)),
    );
    return { scale, shift };
  };
}

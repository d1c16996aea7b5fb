import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { scaled, scaleShift } from '../../backend/kernels/elementwise.ts';
import type { AppliedFunction, Operation, OperationParameters } from '../graph/operation.ts';
import { describeOperation, type OperationSource, parameter, perChannel, pointwise, sameRegion } from './base.ts';

/**
 * y = scale · x + shift per channel of the last axis: batch normalisation in inference, rescaling. `applied` has the
 * numbers where they are the same for all channels and known.
 */
export function affine(
  source: OperationSource,
  parameters: () => OperationParameters,
  applied?: AppliedFunction,
): Operation {
  return {
    ...describeOperation('affine', source),
    applied,
    get parameters() {
      return parameters();
    },
    fuses: () => true,
    forward: ([x], weights = parameters(), activation) =>
      scaleShift(x as Tensor, parameter<Tensor1D>(weights, 'scale'), parameter<Tensor1D>(weights, 'shift'), activation),
    pullback: (cotangent, _io, weights = parameters()) => [scaled(cotangent, parameter(weights, 'scale'))],
    region: sameRegion,
    get partial() {
      const { scale, shift } = parameters();
      return perChannel(scale, shift) ? pointwise(this.forward) : undefined;
    },
    withParameters: (other) => affine(source, other),
  };
}

/** Numbers for all channels of the last axis alike, or one for each. */
export interface AffineNumbers {
  /** 1 by default. */
  readonly scale?: number | readonly number[];
  /** 0 by default. */
  readonly shift?: number | readonly number[];
}

/** y = scale · x + shift with numbers that are no weights. */
export function constantAffine(
  source: OperationSource,
  channels: number,
  { scale = 1, shift = 0 }: AffineNumbers,
): Operation {
  const constant = (values: number | readonly number[]): (() => Tensor) => {
    // The values are part of the name, as a layer can make several of these.
    const name = `${source.address}: ${channels} channels with ${values}`;
    const make = (): Tensor =>
      typeof values === 'number' ? tf.fill([channels], values) : tf.mul(tf.ones([channels]), tf.tensor1d([...values]));
    return () => source.store.derive(name, [], make);
  };
  const [ofScale, ofShift] = [constant(scale), constant(shift)];
  const parameters = (): OperationParameters => ({ scale: ofScale(), shift: ofShift() });
  const alike = typeof scale === 'number' && typeof shift === 'number';
  return affine(source, parameters, alike ? { name: 'affine', numbers: { scale, shift } } : undefined);
}

/** The scale γ/√(σ² + ε) and shift β − μ·scale of an inference batch normalisation. */
export function batchNormalization(
  source: OperationSource,
  epsilon: number,
  weights: () => { gamma?: Tensor; beta?: Tensor; mean: Tensor; variance: Tensor },
): () => OperationParameters {
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

import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { productMethod, simdProduct } from '../../backend/kernels/convolve.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { FusedActivation, Operation, OperationParameters } from '../graph/operation.ts';
import {
  bySimdConvolution,
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
import { lineFactors } from './gradientFactors.ts';

/** A dense layer on the last axis: `kernel` [in, out], optional `bias` [out]. */
export function dense(source: OperationSource, parameters: () => OperationParameters): Operation {
  const kernelOf = (weights: OperationParameters): Tensor2D => parameter<Tensor2D>(weights, 'kernel');
  return {
    ...describeOperation('dense', source),
    get parameters() {
      return parameters();
    },
    get method() {
      return productMethod(kernelOf(parameters()).size, source.store.precision);
    },
    linear: true,
    fuses: fusesRelu,
    forward: ([x], weights = parameters(), activation) => {
      const y = multiplied(source, asRows(x as Tensor), { ...weights, kernel: kernelOf(weights) }, activation);
      return tf.reshape(y, [...(x as Tensor).shape.slice(0, -1), kernelOf(weights).shape[1]]);
    },
    pullback: (cotangent, io, weights = parameters()) => {
      const gradient = multipliedBack(source, asRows(cotangent), kernelOf(weights));
      return [tf.reshape(gradient, onlyShape(io))];
    },
    kernelPullback: (cotangent, { inputs }) => tf.matMul(asRows(inputs[0] as Tensor), asRows(cotangent), true),
    get gradientFactors() {
      return lineFactors(parameters().bias);
    },
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

function multiplied(
  source: OperationSource,
  x: Tensor2D,
  { kernel, bias }: { kernel: Tensor2D; bias?: Tensor },
  activation: FusedActivation | undefined,
): Tensor {
  assertLength(source, x, kernel);
  const own = !bias || bias.rank === 1 ? simdProduct(x, kernel, 'forward', source.store) : undefined;
  if (own) return bySimdConvolution(source, own, { x, kernel, bias, activation });
  return tf.fused.matMul({
    a: x,
    b: kernel,
    ...(bias && { bias: bias as Tensor1D }),
    activation: fusedName(activation),
  });
}

/** Refuses what a walk on another size of pictures would bring; a kernel on bare memory would read beyond its end. */
function assertLength({ address }: OperationSource, { shape }: Tensor2D, kernel: Tensor2D): void {
  if (shape[1] === kernel.shape[0]) return;
  throw new VitrineError(
    'bad-shape',
    `layer "${address}" expected ${kernel.shape[0]} numbers for each example, got ${shape[1]}`,
  );
}

function multipliedBack(source: OperationSource, cotangent: Tensor2D, kernel: Tensor2D): Tensor {
  const own = simdProduct(cotangent, kernel, 'back', source.store);
  return own ? bySimdConvolution(source, own, { x: cotangent, kernel }) : tf.matMul(cotangent, kernel, false, true);
}

function asRows(x: Tensor): Tensor2D {
  return tf.reshape(x, [-1, x.shape.at(-1) as number]);
}

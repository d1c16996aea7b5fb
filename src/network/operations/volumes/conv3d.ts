import type { Tensor5D } from '@tensorflow/tfjs-core';
import { activated } from '../../../backend/kernels/elementwise.ts';
import type { Operation, OperationParameters } from '../../graph/operation.ts';
import {
  derivedWeights,
  describeOperation,
  type OperationSource,
  only,
  onlyShape,
  parameter,
  wholeRegion,
} from '../base.ts';
import { foldAffine, foldInputAffine, lastAxis } from '../foldAffine.ts';
import { biased, convolved } from './convolved.ts';
import { dilated, flipped, volumeGradient } from './volumeGradient.ts';
import { volumeKernelGradient } from './volumeKernelGradient.ts';
import type { Window3d } from './window3d.ts';

/** A 3-D convolution: `kernel` [depth, height, width, in, out], optional `bias` [out]. */
export function conv3d(source: OperationSource, window: Window3d, parameters: () => OperationParameters): Operation {
  const { address, store } = source;
  const withWeights = (other: () => OperationParameters): Operation => conv3d(source, window, other);
  const kernelOf = (weights: OperationParameters): Tensor5D => parameter<Tensor5D>(weights, 'kernel');
  return {
    ...describeOperation('conv3d', source),
    get parameters() {
      return parameters();
    },
    linear: true,
    fuses: () => true,
    forward: (inputs, weights = parameters(), activation) => {
      const kernel = kernelOf(weights);
      const whole = isDilated(window)
        ? store.derive(`${address}: dilated kernel`, [kernel], () => dilated(kernel, window))
        : kernel;
      return activated(biased(convolved(only({ inputs }), whole, window), weights), activation);
    },
    pullback: (cotangent, io, weights = parameters()) => {
      const kernel = kernelOf(weights);
      const turned = store.derive(`${address}: flipped kernel`, [kernel], () => flipped(kernel));
      return [volumeGradient(cotangent, turned, onlyShape(io), window)];
    },
    kernelPullback: (cotangent, { inputs }) =>
      volumeKernelGradient(only({ inputs }), cotangent, kernelOf(parameters()).shape, window),
    region: wholeRegion,
    withParameters: withWeights,
    absorb: (affine) => withWeights(foldAffine(source, parameters, { affine, channels: lastAxis })),
    ...(window.padding === 'valid' && {
      absorbInput: (affine: Operation) => withWeights(foldInputAffine(source, parameters, { affine, outputAxes: 1 })),
    }),
    derive: derivedWeights(source, parameters),
  };
}

function isDilated({ dilations = [1, 1, 1] }: Window3d): boolean {
  return dilations.some((rate) => rate !== 1);
}

import * as tf from '@tensorflow/tfjs-core';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../../backend/kernels/depthwiseInputGradient.ts';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import { depthwiseKernelGradient } from '../../backend/training/depthwiseFilterGradient.ts';
import type { Operation, Parameters } from '../operation.ts';
import type { OperationSource } from './base.ts';
import { type ConvolutionKind, convolution } from './convolution.ts';

const kind: ConvolutionKind = {
  kind: 'depthwiseConv2d',
  // It takes padding in numbers for each side as well, which its type leaves out.
  run: tf.fused.depthwiseConv2d as ConvolutionKind['run'],
  prepare: prepareDepthwiseKernel,
  inputGradient: depthwiseInputGradient,
  kernelGradient: depthwiseKernelGradient,
  outputAxes: 2,
};

/** A depthwise convolution: `kernel` [height, width, in, multiplier], optional `bias` [in · multiplier]. */
export function depthwiseConv2d(
  source: OperationSource,
  geometry: WindowGeometry,
  parameters: () => Parameters,
): Operation {
  return convolution(kind, source, { geometry, parameters });
}

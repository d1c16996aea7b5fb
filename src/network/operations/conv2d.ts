import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../../backend/kernels/convInputGradient.ts';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import { convKernelGradient } from '../../backend/training/convFilterGradient.ts';
import type { Operation, Parameters } from '../operation.ts';
import type { OperationSource } from './base.ts';
import { type ConvolutionKind, convolution } from './convolution.ts';

const kind: ConvolutionKind = {
  kind: 'conv2d',
  run: tf.fused.conv2d,
  prepare: prepareConvKernel,
  inputGradient: convInputGradient,
  kernelGradient: convKernelGradient,
  outputAxes: 1,
};

/** A 2-D convolution: `kernel` [height, width, in, out], optional `bias` [out]. */
export function conv2d(source: OperationSource, geometry: WindowGeometry, parameters: () => Parameters): Operation {
  return convolution(kind, source, { geometry, parameters });
}

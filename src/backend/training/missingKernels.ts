import type { KernelConfig } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convFilterGradient } from './convFilterGradient.ts';
import { depthwiseFilterGradient } from './depthwiseFilterGradient.ts';
import { depthwiseInputKernel } from './depthwiseInputKernel.ts';
import { segmentSum } from './segmentSum.ts';

/** The kernels that the training of common layers needs and a backend lacks. */
export function missingKernels(backendName: string): readonly KernelConfig[] {
  const kernels: [name: string, kernel: KernelConfig['kernelFunc']][] = [
    [tf.Conv2DBackpropFilter, convFilterGradient],
    [tf.DepthwiseConv2dNativeBackpropFilter, depthwiseFilterGradient],
    [tf.DepthwiseConv2dNativeBackpropInput, depthwiseInputKernel],
    [tf.UnsortedSegmentSum, segmentSum],
  ];
  return kernels
    .filter(([kernelName]) => !tf.getKernel(kernelName, backendName))
    .map(([kernelName, kernelFunc]) => ({ kernelName, backendName, kernelFunc }));
}

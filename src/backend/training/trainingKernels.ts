import * as tf from '@tensorflow/tfjs-core';
import { convFilterGradient } from './convFilterGradient.ts';
import { convInputKernel } from './convInputKernel.ts';
import { depthwiseFilterGradient } from './depthwiseFilterGradient.ts';
import { depthwiseInputKernel } from './depthwiseInputKernel.ts';
import { matMulKernel } from './matMulKernel.ts';
import { averagePoolKernel, maxPoolKernel } from './poolKernels.ts';
import { segmentSum } from './segmentSum.ts';
import type { Compute, TrainingKernel } from './trainingKernel.ts';

type Kernels = Readonly<Record<string, Compute>>;

/** What the training of common layers needs. */
const needed: Kernels = {
  [tf.Conv2DBackpropFilter]: convFilterGradient,
  [tf.DepthwiseConv2dNativeBackpropFilter]: depthwiseFilterGradient,
  [tf.DepthwiseConv2dNativeBackpropInput]: depthwiseInputKernel,
  [tf.UnsortedSegmentSum]: segmentSum,
};

/** What tfjs has on wasm as loops over single numbers. */
const slowOnWasm: Kernels = {
  [tf.Conv2DBackpropInput]: convInputKernel,
  [tf.MaxPoolGrad]: maxPoolKernel,
  [tf.AvgPoolGrad]: averagePoolKernel,
  [tf.BatchMatMul]: matMulKernel,
};

/** The kernels that the training of common layers needs and a backend lacks. */
export function missingKernels(backendName: string): readonly TrainingKernel[] {
  return kernelsOn(backendName, needed).filter(({ kernelName }) => !tf.getKernel(kernelName, backendName));
}

/** All kernels for training that are at least as fast as what the backend may have: on wasm all of them, else those missing. */
export function fastKernels(backendName: string): readonly TrainingKernel[] {
  return backendName === 'wasm' ? kernelsOn(backendName, { ...needed, ...slowOnWasm }) : missingKernels(backendName);
}

function kernelsOn(backendName: string, kernels: Kernels): TrainingKernel[] {
  return Object.entries(kernels).map(([kernelName, compute]) => ({ kernelName, backendName, compute }));
}

import type { KernelConfig, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../kernels/depthwiseInputGradient.ts';
import { paddedWindow, withoutPadding } from './paddedWindow.ts';
import { slidingOf } from './taps.ts';

/** tfjs's kernel `DepthwiseConv2dNativeBackpropInput`. */
export const depthwiseInputKernel: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { inputShape } = attrs as unknown as { inputShape: Tensor4D['shape'] };
  return tf.tidy(() => {
    const [dy, filter] = [inputs['dy'] as Tensor4D, inputs['filter'] as Tensor4D];
    const window = paddedWindow(inputShape, dy.shape, slidingOf(inputShape, filter.shape, attrs));
    const { geometry, shape } = window;
    const gradient = depthwiseInputGradient(dy, prepareDepthwiseKernel(filter, geometry), shape, geometry);
    return withoutPadding(gradient, window, inputShape);
  });
};

import type { KernelConfig, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../kernels/depthwiseInputGradient.ts';
import { slidingOf } from './taps.ts';

/** tfjs's kernel `DepthwiseConv2dNativeBackpropInput`. */
export const depthwiseInputKernel: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { inputShape } = attrs as unknown as { inputShape: [number, number, number, number] };
  return tf.tidy(() => {
    const [dy, filter] = [inputs['dy'] as Tensor4D, inputs['filter'] as Tensor4D];
    const sliding = slidingOf(inputShape, filter.shape, attrs);
    const [[top, bottom], [left, right]] = sliding.padding;
    const [batch, rows, columns, channels] = inputShape;
    const padded = [batch, top + rows + bottom, left + columns + right, channels];
    const geometry = {
      window: sliding.filter,
      strides: sliding.strides,
      dilations: sliding.dilations,
      padding: 'valid' as const,
    };
    // Padding of any kind: the gradient of the padded input, without the padding.
    const gradient = depthwiseInputGradient(dy, prepareDepthwiseKernel(filter, geometry), padded, geometry);
    return tf.slice(gradient, [0, top, left, 0], inputShape);
  });
};

import type { KernelConfig, NamedAttrMap, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { depthwiseInputGradient, prepareDepthwiseKernel } from '../kernels/depthwiseInputGradient.ts';
import { maxPoolGradient } from '../kernels/maxPoolGradient.ts';
import { type PaddedWindow, paddedWindow, withoutPadding } from './paddedWindow.ts';

/** tfjs's kernel `MaxPoolGrad`. */
export const maxPoolKernel: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) =>
  tf.tidy(() => {
    const [dy, x, output] = ['dy', 'input', 'output'].map((name) => inputs[name]) as [Tensor4D, Tensor4D, Tensor4D];
    const window = poolWindow(x.shape, dy.shape, attrs);
    const { geometry, around } = window;
    const isPadded = window.shape !== x.shape;
    const input = isPadded ? tf.pad4d(x, [[0, 0], ...around, [0, 0]], Number.NEGATIVE_INFINITY) : x;
    return withoutPadding(maxPoolGradient(dy, input, output, geometry), window, x.shape);
  });

/** tfjs's kernel `AvgPoolGrad`, which counts padding on every backend: the gradient of a convolution by equal weights. */
export const averagePoolKernel: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) =>
  tf.tidy(() => {
    const [dy, { shape: inputShape }] = [inputs['dy'] as Tensor4D, inputs['input'] as Tensor4D];
    const window = poolWindow(inputShape, dy.shape, attrs);
    const { geometry, shape } = window;
    const [rows, columns] = geometry.window;
    const weights: Tensor4D = tf.fill([rows, columns, inputShape[3], 1], 1 / (rows * columns));
    const gradient = depthwiseInputGradient(dy, prepareDepthwiseKernel(weights, geometry), shape, geometry);
    return withoutPadding(gradient, window, inputShape);
  });

function poolWindow(
  inputShape: Tensor4D['shape'],
  outputShape: readonly number[],
  attributes: NamedAttrMap,
): PaddedWindow {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as PoolAttributes;
  const pool = tf.backend_util.computePool2DInfo(inputShape, filterSize, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right } = pool.padInfo;
  return paddedWindow(inputShape, outputShape, {
    filter: [pool.effectiveFilterHeight, pool.effectiveFilterWidth],
    strides: [pool.strideHeight, pool.strideWidth],
    dilations: [1, 1],
    padding: [
      [top, bottom],
      [left, right],
    ],
  });
}

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

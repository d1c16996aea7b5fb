import type { KernelConfig, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convInputGradient, prepareConvKernel } from '../kernels/convInputGradient.ts';
import { simdInputGradient } from '../kernels/convolve.ts';
import type { WindowGeometry } from '../kernels/geometry.ts';
import { paddedWindow, withoutPadding } from './paddedWindow.ts';
import { slidingOf } from './taps.ts';

/** tfjs's kernel `Conv2DBackpropInput`, which also makes the values of transposed convolutions. */
export const convInputKernel: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { inputShape, dataFormat } = attrs as unknown as Attributes;
  return tf.tidy(() => {
    const [dy, filter] = [inputs['dy'] as Tensor4D, inputs['filter'] as Tensor4D];
    if (dataFormat !== 'NCHW') return inputGradient(dy, filter, inputShape, attrs);
    const [batch, channels, rows, columns] = inputShape;
    const gradient = inputGradient(tf.transpose(dy, [0, 2, 3, 1]), filter, [batch, rows, columns, channels], attrs);
    return tf.transpose(gradient, [0, 3, 1, 2]);
  });
};

interface Attributes {
  readonly inputShape: Tensor4D['shape'];
  readonly dataFormat?: 'NHWC' | 'NCHW';
}

function inputGradient(
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: Tensor4D['shape'],
  attributes: tf.NamedAttrMap,
): Tensor4D {
  const window = paddedWindow(inputShape, dy.shape, slidingOf(inputShape, filter.shape, attributes));
  const { geometry, shape } = window;
  return withoutPadding(
    inSimd(dy, filter, shape, geometry) ?? byTensors(dy, filter, shape, geometry),
    window,
    inputShape,
  );
}

function inSimd(
  dy: Tensor4D,
  filter: Tensor4D,
  shape: Tensor4D['shape'],
  geometry: WindowGeometry,
): Tensor4D | undefined {
  // As values: what a transposed convolution makes may be compared.
  const own = simdInputGradient(dy, filter, shape, { geometry, precision: 'default', passes: 'values' });
  return own?.run(dy, own.pack(filter)) as Tensor4D | undefined;
}

function byTensors(dy: Tensor4D, filter: Tensor4D, shape: Tensor4D['shape'], geometry: WindowGeometry): Tensor4D {
  return convInputGradient(dy, prepareConvKernel(filter, geometry), shape, geometry);
}

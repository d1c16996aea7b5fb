import { layers as l } from '@tensorflow/tfjs-layers';
import { chain, randomized } from '../oracle/building.ts';

/** A network with each kind of convolution, large enough that several threads share its work. */
export function convolutions(): ReturnType<typeof chain> {
  return randomized(
    chain(
      [96, 96, 3],
      l.conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      l.conv2d({ filters: 24, kernelSize: 3, padding: 'same', activation: 'relu' }),
      l.depthwiseConv2d({ kernelSize: 5, padding: 'same' }),
      l.batchNormalization(),
      l.reLU({ maxValue: 6 }),
      l.conv2d({ filters: 32, kernelSize: 1 }),
      l.maxPooling2d({ poolSize: 2 }),
      l.conv2d({ filters: 40, kernelSize: 3, dilationRate: 2, activation: 'relu' }),
      l.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      l.flatten(),
      l.dense({ units: 5, activation: 'softmax' }),
    ),
  );
}

import * as tf from '@tensorflow/tfjs-core';

/**
 * Whether input gradients are computed by forward convolutions with the flipped kernel. On wasm the stock input
 * gradient is a scalar loop while forward convolutions are vectorised; elsewhere the stock kernel is the faster one.
 */
export function prefersForwardConvolution(): boolean {
  return tf.getBackend() === 'wasm';
}

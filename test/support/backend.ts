import * as tf from '@tensorflow/tfjs-core';

/** The backend that the test file runs on: `cpu`, `wasm`, `webgpu` or `webgl`. */
export const backend: string = tf.getBackend();

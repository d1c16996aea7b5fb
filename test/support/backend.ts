import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';

/** The backend that the test file runs on: `cpu`, `wasm`, `webgpu` or `webgl`. */
export const backend: string = tf.getBackend();

/**
 * Whether all cases run here. GPU backends, which tests run in software at seconds a pass, take one representative of
 * each family, unless `npm run test:everything` asks for more.
 */
export const thorough: boolean = ['cpu', 'wasm'].includes(backend) || inject('everything');

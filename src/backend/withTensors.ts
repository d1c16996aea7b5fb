import type { TensorContainer } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Runs a job with tensors, in any structure, that live as long as it does. */
export async function withTensors<T extends object, R>(make: () => T, job: (tensors: T) => Promise<R>): Promise<R> {
  const tensors = tf.tidy(make as () => TensorContainer);
  try {
    return await job(tensors as T);
  } finally {
    tf.dispose(tensors);
  }
}

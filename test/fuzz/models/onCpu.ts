import * as tf from '@tensorflow/tfjs-core';

/** Runs a job on cpu, the reference for numbers. */
export async function onCpu<T>(job: () => Promise<T>): Promise<T> {
  const name = tf.getBackend();
  if (name === 'cpu') return job();
  await tf.setBackend('cpu');
  try {
    return await job();
  } finally {
    await tf.setBackend(name);
  }
}

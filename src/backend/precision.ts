import * as tf from '@tensorflow/tfjs-core';

/** Bits of the current backend's numbers; tfjs tells 16 of a WebGL that has 32. */
export function precision(): 16 | 32 {
  const isFullWebgl = tf.getBackend() === 'webgl' && tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  return isFullWebgl ? 32 : tf.backend().floatPrecision();
}

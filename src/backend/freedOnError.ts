import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a computation on tfjs's tape and frees what the tape has saved if it throws. The tape marks saved tensors as
 * kept and lets go of them only after a successful backward pass, so that an error would leak them.
 *
 * @param run must be synchronous.
 */
export function freedOnError<T>(run: () => T): T {
  const engine = tf.engine();
  const saved: Tensor[] = [];
  const { keep } = engine;
  engine.keep = <K extends Tensor>(tensor: K): K => {
    saved.push(tensor);
    return keep.call(engine, tensor) as K;
  };
  try {
    return run();
  } catch (error) {
    saved.forEach((tensor) => tensor.dispose());
    throw error;
  } finally {
    engine.keep = keep;
  }
}

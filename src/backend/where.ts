import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Of two tensors of one shape the elements of the first where a condition holds, of any rank: webgpu selects up to rank 4. */
export function where(condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const flat = (values: Tensor): Tensor => tf.reshape(values, [-1]);
  return tf.reshape(tf.where(flat(condition), flat(yes), flat(no)), yes.shape);
}

import type { KernelConfig, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** tfjs's kernel `UnsortedSegmentSum`: the sum of the rows that have one id; ids out of range count nowhere. */
export const segmentSum: KernelConfig['kernelFunc'] = ({ inputs, attrs = {} }) => {
  const { numSegments } = attrs as unknown as { numSegments: number };
  return tf.tidy(() => {
    const [x, segmentIds] = [inputs['x'] as Tensor, inputs['segmentIds'] as Tensor1D];
    const segmentShape = x.shape.slice(segmentIds.rank);
    const ids = tf.reshape(inRange(segmentIds, numSegments), [-1, 1]);
    const sums = tf.scatterND(ids, tf.reshape(x, [segmentIds.size, ...segmentShape]), [
      numSegments + 1,
      ...segmentShape,
    ]);
    return tf.slice(sums, 0, numSegments);
  });
};

/** Ids out of range go to one segment more. */
function inRange(ids: Tensor, count: number): Tensor {
  const known = tf.logicalAnd(tf.greaterEqual(ids, 0), tf.less(ids, count));
  return tf.where(known, ids, tf.fill(ids.shape, count, 'int32'));
}

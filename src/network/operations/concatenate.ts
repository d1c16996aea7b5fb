import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation, OperationRegion } from '../graph/operation.ts';
import { describeOperation, type OperationSource, pointwise, withoutParameters } from './base.ts';

/** The inputs side by side along an axis (the batch axis counts as 0). */
export function concatenate(source: OperationSource, axis: number): Operation {
  const forward = (inputs: readonly Tensor[]): Tensor => tf.concat([...inputs], axis);
  return withoutParameters({
    ...describeOperation('concatenate', source),
    forward,
    ...(axis === 3 && { partial: pointwise(forward) }),
    pullback: (cotangent, { inputShapes }) => {
      let start = 0;
      return inputShapes.map((shape) => {
        const begin = shape.map(() => 0);
        begin[axis] = start;
        start += shape[axis] as number;
        return tf.slice(cotangent, begin, [...shape]) as Tensor;
      });
    },
    region: (output, inputShapes) =>
      inputShapes.map((shape): OperationRegion | 'all' => (axis === shape.length - 1 ? output : 'all')),
  });
}

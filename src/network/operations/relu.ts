import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { reluGradient } from '../../backend/kernels/elementwise.ts';
import type { Operation } from '../operation.ts';
import { describeOperation, type OperationSource, only, pointwise, sameRegion, withoutParameters } from './base.ts';

/** max(x, 0), or min(max(x, 0), ceiling): ReLU6 has ceiling 6. */
export function relu(source: OperationSource, ceiling?: number): Operation {
  const forward = (inputs: readonly Tensor[]): Tensor => {
    const x = only({ inputs });
    if (ceiling === undefined) return tf.relu(x);
    return ceiling === 6 ? tf.relu6(x) : tf.clipByValue(x, 0, ceiling);
  };
  return withoutParameters({
    ...describeOperation('relu', source),
    ...(ceiling !== undefined && { ceiling }),
    needs: ['output'],
    forward,
    partial: pointwise(forward),
    pullback: (cotangent, { output }) => [reluGradient(cotangent, output, ceiling)],
    region: sameRegion,
  });
}

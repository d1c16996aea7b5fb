import * as tf from '@tensorflow/tfjs-core';
import { reluGradient } from '../../backend/kernels/elementwise.ts';
import type { Operation } from '../operation.ts';
import { describeOperation, type OperationSource, only, sameRegion, withoutParameters } from './base.ts';

/** max(x, 0), or min(max(x, 0), ceiling): ReLU6 has ceiling 6. */
export function relu(source: OperationSource, ceiling?: number): Operation {
  return withoutParameters({
    ...describeOperation('relu', source),
    ...(ceiling !== undefined && { ceiling }),
    needs: ['output'],
    forward: (inputs) => {
      const x = only({ inputs });
      if (ceiling === undefined) return tf.relu(x);
      return ceiling === 6 ? tf.relu6(x) : tf.clipByValue(x, 0, ceiling);
    },
    pullback: (cotangent, { output }) => [reluGradient(cotangent, output, ceiling)],
    region: sameRegion,
  });
}

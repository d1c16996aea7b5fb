import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { reluGradient } from '../../backend/kernels/elementwise.ts';
import type { Operation, OperationKind } from '../graph/operation.ts';
import { elementwise } from './activation.ts';
import { describeOperation, type OperationSource, only, pointwise, sameRegion, withoutParameters } from './base.ts';

/** The numbers of a rectifier, as Keras's layer ReLU has them: `max_value`, `negative_slope` and `threshold`. */
export interface Rectification {
  /** The largest value; none by default. */
  readonly ceiling?: number | undefined;
  /** The slope below the threshold; 0 by default. */
  readonly slope?: number | undefined;
  /** What does not exceed it is cut off; 0 by default, and not negative. */
  readonly threshold?: number | undefined;
}

/**
 * min(x · 1[x > threshold], ceiling) − slope · max(threshold − x, 0), which is how Keras computes its layer ReLU.
 *
 * It is of the kind `'relu'` without slope and threshold, the only kind that deconvnet and guided backpropagation
 * rectify; `'leakyRelu'` with a slope alone; `'thresholdedRelu'` else.
 */
export function rectifier(source: OperationSource, { ceiling, slope = 0, threshold = 0 }: Rectification): Operation {
  if (slope === 0 && threshold === 0) return relu(source, ceiling);
  if (threshold === 0 && ceiling === undefined) {
    return elementwise('leakyRelu', source, (x) => tf.leakyRelu(x, slope));
  }
  return piecewise('thresholdedRelu', source, { ceiling: ceiling ?? Number.POSITIVE_INFINITY, slope, threshold });
}

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

/** Written out, since the tape has no gradient for comparisons. Its derivative is 1 above the threshold, `slope` below. */
function piecewise(
  kind: OperationKind,
  source: OperationSource,
  { ceiling, slope, threshold }: { ceiling: number; slope: number; threshold: number },
): Operation {
  const above = (x: Tensor): Tensor => tf.cast(tf.greater(x, threshold), 'float32');
  const forward = (inputs: readonly Tensor[]): Tensor => {
    const x = only({ inputs });
    const passed = tf.mul(x, above(x));
    const clipped = ceiling === Number.POSITIVE_INFINITY ? passed : tf.minimum(passed, ceiling);
    return slope === 0 ? clipped : tf.sub(clipped, tf.mul(tf.relu(tf.sub(threshold, x)), slope));
  };
  return withoutParameters({
    ...describeOperation(kind, source),
    needs: ['inputs'],
    forward,
    partial: pointwise(forward),
    pullback: (cotangent, io) => {
      const x = only(io);
      const passed = tf.mul(above(x), tf.cast(tf.less(x, ceiling), 'float32'));
      const below = tf.cast(tf.less(x, threshold), 'float32');
      return [tf.mul(cotangent, slope === 0 ? passed : tf.add(passed, tf.mul(below, slope)))];
    },
    region: sameRegion,
  });
}

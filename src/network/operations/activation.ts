import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation, OperationKind, Parameters } from '../operation.ts';
import {
  channelRegion,
  describeOperation,
  type OperationSource,
  type Origin,
  only,
  parameter,
  perChannel,
  pointwise,
  sameRegion,
  withoutParameters,
} from './base.ts';
import { taped } from './taped.ts';

/** An activation applied to each element, as tfjs computes it. */
export function elementwise(kind: OperationKind, source: Origin, apply: (x: Tensor) => Tensor): Operation {
  return taped(kind, source, {
    forward: (inputs) => apply(only({ inputs })),
    region: sameRegion,
    alikeEverywhere: () => true,
  });
}

/** Softmax or its logarithm along the last axis. */
export function normalizing(
  kind: 'softmax' | 'logSoftmax',
  source: OperationSource,
  apply: (x: Tensor) => Tensor,
): Operation {
  return taped(kind, source, { forward: (inputs) => apply(only({ inputs })), region: channelRegion });
}

/** A leaky ReLU with the learned slopes `alpha`. */
export function prelu(source: OperationSource, parameters: () => Parameters): Operation {
  return taped('prelu', source, {
    forward: (inputs, weights) => tf.prelu(only({ inputs }), parameter(weights, 'alpha')),
    region: sameRegion,
    alikeEverywhere: ({ alpha }) => perChannel(alpha),
    parameters,
  });
}

/** x where x > theta, else 0. The tape has no gradient for the comparison, so it is written out. */
export function thresholdedRelu(source: OperationSource, theta: number): Operation {
  const passed = (x: Tensor, value: Tensor): Tensor => tf.mul(value, tf.cast(tf.greater(x, theta), 'float32'));
  const forward = (inputs: readonly Tensor[]): Tensor => passed(only({ inputs }), only({ inputs }));
  return withoutParameters({
    ...describeOperation('thresholdedRelu', source),
    needs: ['inputs'],
    forward,
    partial: pointwise(forward),
    pullback: (cotangent, io) => [passed(only(io), cotangent)],
    region: sameRegion,
  });
}

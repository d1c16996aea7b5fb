import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { swishGradient, swish as swishOf } from '../../backend/kernels/swish.ts';
import type { Operation, OperationKind, OperationParameters } from '../graph/operation.ts';
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

/** A kind with numbers that tell its functions apart. */
export interface NumberedKind {
  readonly kind: OperationKind;
  readonly numbers: Readonly<Record<string, number>>;
}

/** An activation or another function applied to each element, as tfjs computes it. */
export function elementwise(
  named: OperationKind | NumberedKind,
  source: Origin,
  apply: (x: Tensor) => Tensor,
): Operation {
  const { kind, ...applied } = typeof named === 'string' ? { kind: named } : { ...named, name: named.kind };
  return taped(kind, source, {
    forward: (inputs) => onFewAxes(only({ inputs }), apply),
    region: sameRegion,
    alikeEverywhere: () => true,
    ...('name' in applied && { applied }),
  });
}

/** A function of each element; the tape's gradients of some choose among elements, which webgpu does up to rank 4. */
function onFewAxes(x: Tensor, apply: (x: Tensor) => Tensor): Tensor {
  return x.rank <= 4 ? apply(x) : tf.reshape(apply(tf.reshape(x, [x.shape[0] as number, -1])), x.shape);
}

/** x where it is positive, else alpha · (eˣ − 1). */
export function elu(source: Origin, alpha = 1): Operation {
  return elementwise('elu', source, eluOf(alpha));
}

/** alpha · elu(x) + (1 − alpha) · relu(x), so that no exponential of a large x is taken. */
export function eluOf(alpha: number): (x: Tensor) => Tensor {
  return alpha === 1 ? tf.elu : (x) => tf.add(tf.mul(tf.elu(x), alpha), tf.mul(tf.relu(x), 1 - alpha));
}

/** x · σ(x), on wasm by one kernel each way; `'exact'` leaves both to tfjs. */
export function swish(source: OperationSource): Operation {
  if (source.store.precision === 'exact') return elementwise('swish', source, (x) => tf.mul(x, tf.sigmoid(x)));
  const forward: Operation['forward'] = ([x]) => swishOf(x as Tensor);
  return withoutParameters({
    ...describeOperation('swish', source),
    needs: ['inputs'],
    forward,
    pullback: (cotangent, io) => [swishGradient(cotangent, only(io))],
    region: sameRegion,
    partial: pointwise(forward),
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

/** Of volumes by two rectifiers: webgpu has no gradient of tfjs's own of more than four axes. */
function preluOf(x: Tensor, alpha: Tensor): Tensor {
  return x.rank <= 4 ? tf.prelu(x, alpha) : tf.sub(tf.relu(x), tf.mul(alpha, tf.relu(tf.neg(x))));
}

/** A leaky ReLU with the learned slopes `alpha`. */
export function prelu(source: OperationSource, parameters: () => OperationParameters): Operation {
  return taped('prelu', source, {
    forward: (inputs, weights) => preluOf(only({ inputs }), parameter(weights, 'alpha')),
    region: sameRegion,
    alikeEverywhere: ({ alpha }) => perChannel(alpha),
    parameters,
  });
}

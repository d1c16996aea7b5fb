import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
// The tape finds its gradients once this is loaded.
import '@tensorflow/tfjs-layers';
import { freedOnError } from '../../backend/freedOnError.ts';
import { withoutFilterGradients } from '../../backend/kernels/withoutFilterGradients.ts';
import type { Operation, OperationKind, OperationParameters } from '../graph/operation.ts';
import { describeOperation, type Origin, pointwise } from './base.ts';

/** What a taped operation does. */
export interface TapedOptions {
  readonly forward: (inputs: readonly Tensor[], parameters: OperationParameters) => Tensor;
  readonly region: Operation['region'];
  /** Whether with these weights every output position is made of the same input position in the same way. */
  readonly alikeEverywhere?: (parameters: OperationParameters) => boolean;
  readonly parameters?: () => OperationParameters;
  readonly applied?: Operation['applied'];
}

/**
 * An operation given by its forward function alone: its pullback is taken from tfjs's tape. For the many activations
 * whose closed forms would repeat what tfjs has, and for layers that are not known here.
 */
export function taped(kind: OperationKind, source: Origin, options: TapedOptions): Operation {
  const { forward, region, parameters = () => ({}) } = options;
  return {
    ...describeOperation(kind, source),
    applied: options.applied,
    get parameters() {
      return parameters();
    },
    needs: ['inputs'],
    forward: (inputs, weights = parameters()) =>
      told(source, 'cannot run in tfjs', () => tf.tidy(() => apart([forward(inputs, weights)], inputs)[0] as Tensor)),
    pullback: (cotangent, { inputs }, weights = parameters()) => {
      const run = (): Tensor[] => gradients((xs) => forward(xs, weights), inputs, cotangent);
      return told(source, 'has no gradient in tfjs', () => freedOnError(() => withoutFilterGradients(run)));
    },
    region,
    get partial() {
      return options.alikeEverywhere?.(parameters()) ? pointwise(this.forward) : undefined;
    },
    withParameters: (other) => taped(kind, source, { ...options, parameters: other }),
  };
}

/** By each input; zeros for one of several that does not act on the output. */
function gradients(
  forward: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  cotangent: Tensor,
): Tensor[] {
  return tf.tidy(() => {
    const xs = apart(inputs);
    const { grads } = tf.engine().gradients(() => forward(xs), xs, cotangent, true);
    if (!grads.some(Boolean))
      throw new VitrineError(
        'unsupported-layer',
        'what it gives does not follow from its inputs by operations of tfjs',
      );
    const passed = xs.map((x, i) => (grads[i] as Tensor | undefined) ?? tf.zeros(x.shape));
    return apart(passed, [cotangent]);
  });
}

/** Values that are there twice, or belong to somebody else, as tensors of their own: the walk must own what it frees. */
function apart(values: readonly Tensor[], others: readonly Tensor[] = []): Tensor[] {
  return values.map((value, i) => (others.includes(value) || values.indexOf(value) < i ? tf.clone(value) : value));
}

/** Runs what belongs to a layer; an error names it. */
function told<T>({ address, layerClass }: Origin, what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VitrineError('unsupported-layer', `layer "${address}" (${layerClass}) ${what}: ${reason}`, { cause });
  }
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
// The tape finds its gradients once this is loaded.
import '@tensorflow/tfjs-layers';
import { freedOnError } from '../../backend/freedOnError.ts';
import { withoutFilterGradients } from '../../backend/kernels/withoutFilterGradients.ts';
import type { Operation, OperationKind, Parameters } from '../operation.ts';
import { describeOperation, type Origin, pointwise } from './base.ts';

/** What a taped operation does. */
export interface TapedOptions {
  readonly forward: (inputs: readonly Tensor[], parameters: Parameters) => Tensor;
  readonly region: Operation['region'];
  /** Whether with these weights every output position is made of the same input position in the same way. */
  readonly alikeEverywhere?: (parameters: Parameters) => boolean;
  readonly parameters?: () => Parameters;
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
    forward: (inputs, weights = parameters()) => tf.tidy(() => fresh(forward(inputs, weights), inputs)),
    pullback: (cotangent, { inputs }, weights = parameters()) => {
      const differentiate = tf.grads((...xs: Tensor[]) => forward(xs, weights));
      try {
        return freedOnError(() => withoutFilterGradients(() => differentiate(apart(inputs), cotangent)));
      } catch (cause) {
        throw noGradient(source, cause);
      }
    },
    region,
    get partial() {
      return options.alikeEverywhere?.(parameters()) ? pointwise(this.forward) : undefined;
    },
    withParameters: (other) => taped(kind, source, { ...options, parameters: other }),
  };
}

/** A value that is read twice as two, each with a gradient of its own. */
function apart(inputs: readonly Tensor[]): Tensor[] {
  return inputs.map((input, i) => (inputs.indexOf(input) < i ? tf.clone(input) : input));
}

/** A layer may hand its input back; the walk must own what it frees. */
function fresh(output: Tensor, inputs: readonly Tensor[]): Tensor {
  return inputs.includes(output) ? tf.clone(output) : output;
}

function noGradient({ address, layerClass }: Origin, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`layer "${address}" (${layerClass}) has no gradient in tfjs: ${reason}`, { cause });
}

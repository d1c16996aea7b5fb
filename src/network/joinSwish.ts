import * as tf from '@tensorflow/tfjs-core';
import { gradientRule, type Rule } from './composite.ts';
import type { Graph, Step } from './graph.ts';
import type { Operation } from './operation.ts';
import { elementwise } from './operations/activation.ts';

/** Where a product may be joined with its sigmoid, and what for. */
export interface SwishRequest {
  /** Whether a value has one reader and need not exist as a tensor. */
  readonly inner: (value: number) => boolean;
  readonly rule: (operation: Operation, step: number) => Rule;
}

/**
 * Reads the product of a value and its sigmoid, as EfficientNets write it, as the one function that it is,
 * swish(v) = v · sigmoid(v), where a rule for activations is to meet it; the gradient is the same either way. Steps
 * keep their places, and that of the sigmoid is left empty.
 */
export function joinSwish({ steps }: Graph, { inner, rule }: SwishRequest): readonly (Step | undefined)[] {
  const joined: (Step | undefined)[] = [...steps];
  steps.forEach(({ operation, inputs, output }, i) => {
    if (operation.kind !== 'multiply' || inputs.length !== 2) return;
    const gate = steps.findIndex(
      (step) => step.operation.kind === 'sigmoid' && inputs.includes(step.output) && inner(step.output),
    );
    const signal = steps[gate]?.inputs[0] as number;
    if (!inputs.includes(signal)) return;
    const swish = elementwise('swish', operation, (v) => tf.mul(v, tf.sigmoid(v)));
    if (rule(swish, i) === gradientRule) return;
    joined[gate] = undefined;
    joined[i] = { operation: swish, inputs: [signal], output };
  });
  return joined;
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphStep, OperationGraph, OutputHead, Site } from '../../network/graph/graph.ts';
import type { OperationParameters } from '../../network/graph/operation.ts';

/** How class scores depend on a layer where nothing but a mean and weights lie between. */
export interface LinearTail {
  /** Whether the mean over rows and columns is taken first. */
  readonly pooled: boolean;
  /** The weights, whose last two axes are `[units, classes]` and the others 1; they stay the model's. */
  readonly kernel: Tensor;
  /** What is added to them, `[classes]`. */
  readonly bias?: Tensor | undefined;
}

/**
 * The mean over positions and the one layer of weights that make logits of a layer; none where anything else lies
 * between.
 */
export function linearTail({ steps }: OperationGraph, site: Site, { logits }: OutputHead): LinearTail | undefined {
  let value = site.value;
  let pooled = false;
  let weights: OperationParameters | undefined;
  while (value !== logits.value) {
    const readers = steps.filter(({ inputs }) => inputs.includes(value));
    const [step] = readers;
    if (!step || readers.length > 1 || (step.operation.batchAxes ?? 1) > 1) return undefined;
    const isVector = pooled || site.shape.length === 2;
    if (step.operation.kind === 'globalAveragePool' && !isVector) pooled = true;
    else if (isVector && !weights && hasWeights(step)) weights = step.operation.parameters;
    else if (!moves(step, isVector)) return undefined;
    value = step.output;
  }
  return weights && { pooled, kernel: weights['kernel'] as Tensor, bias: weights['bias'] };
}

/** Whether a step multiplies a vector with a kernel; of convolutions those with a window of 1×1. */
function hasWeights({ operation: { kind, parameters } }: GraphStep): boolean {
  if (kind !== 'dense' && kind !== 'conv2d') return false;
  return parameters['kernel']?.shape.slice(0, -2).every((length) => length === 1) ?? false;
}

/** Whether a step leaves values as they are; the shape of a vector may become another. */
function moves({ operation: { kind } }: GraphStep, isVector: boolean): boolean {
  return kind === 'identity' || (isVector && kind === 'reshape');
}

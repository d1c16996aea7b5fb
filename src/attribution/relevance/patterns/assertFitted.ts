import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { readTensor } from '../../../backend/inTurn.ts';
import type { OperationGraph } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { PlannedStep } from '../../../network/plan/plan.ts';
import type { WalkTrace } from '../../../network/walk/record.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../../numeric/ndarray.ts';
import { type LayerPattern, nameOf, type Patterns } from './patterns.ts';

/** Refuses patterns that were not fitted on this model with these weights. */
export async function assertFitted(network: Network, patterns: Patterns): Promise<void> {
  const given = new Map(patterns.layers.map((layer) => [nameOf(layer), layer]));
  for (const operation of network.operations.filter(({ linear }) => linear)) {
    assertShape(nameOf(operation), operation.parameters['kernel'] as Tensor, given.get(nameOf(operation)));
    given.delete(nameOf(operation));
  }
  const [foreign] = given.keys();
  if (foreign) throw misfit(`a pattern for ${foreign}`);
  if (isFingerprintOf(network, await fingerprintOf(network), patterns.fingerprint)) return;
  throw misfit('patterns of other weights');
}

function assertShape(name: string, { shape }: Tensor, layer: LayerPattern | undefined): void {
  if (!layer) throw misfit(`none for ${name}`);
  if (sameShape(layer.pattern.shape, shape)) return;
  throw misfit(`shape [${layer.pattern.shape.join(', ')}] for the kernel [${shape.join(', ')}] of ${name}`);
}

/** Refuses a walk in which a kernel is not merged with the batch normalisation that it was fitted with. */
export function assertPlannedAlike({ steps: planned }: WalkTrace, { graph }: Network, { layers }: Patterns): void {
  for (const step of planned.filter(({ operation }) => operation.linear)) {
    const [input, output] = betweenOf(step, graph);
    const [from, to] = layers.find((layer) => nameOf(layer) === nameOf(step.operation))?.between ?? [input, output];
    if (from === input && to === output) continue;
    throw new VitrineError(
      'unsupported',
      `the pattern of ${nameOf(step.operation)} is of the layer merged with its batch normalisation; expected a "layer" and a target that do not part them`,
    );
  }
}

/** The values around the operation itself: its activation may be fused with it. */
function betweenOf({ inputs, output, activation }: PlannedStep, { steps }: OperationGraph): LayerPattern['between'] {
  const ofActivation = activation && steps.find((step) => step.output === output);
  return [inputs[0] as number, ofActivation?.inputs[0] ?? output];
}

function misfit(got: string): VitrineError {
  return new VitrineError('bad-argument', `"patterns" expected those that fitPatterns made of this model, got ${got}`);
}

/** The sum and the sum of squares of each weight of a model, `[weights, 2]`: enough to tell models apart. */
export async function fingerprintOf(network: Network): Promise<NdArray> {
  const sums = tf.tidy(() => {
    const weights = weightsOf(network);
    return tf.reshape(tf.stack(weights.flatMap((weight) => [tf.sum(weight), tf.sum(tf.square(weight))])), [-1, 2]);
  });
  try {
    return await readTensor(sums);
  } finally {
    sums.dispose();
  }
}

/** Whether a fingerprint is that of a model, up to the rounding that backends differ by. */
function isFingerprintOf(network: Network, own: NdArray, given: NdArray): boolean {
  if (own.data.length !== given.data.length) return false;
  const sizes = tf.tidy(() => weightsOf(network).map(({ size }) => size));
  return sizes.every((size, i) => {
    const [sum, squares] = own.data.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
    const [otherSum, otherSquares] = given.data.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
    // Of the sum of the magnitudes, which is at most √(n Σ w²).
    const near = Math.abs(sum - otherSum) <= tolerance * Math.sqrt(size * squares);
    return near && Math.abs(squares - otherSquares) <= tolerance * squares;
  });
}

const tolerance = 1e-5;

function weightsOf({ operations }: Network): readonly Tensor[] {
  return operations.flatMap(({ parameters }) => Object.values(parameters));
}

import { eventLoopTurn } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertChoice, assertCount, assertInteger, assertNumber } from '../../numeric/check.ts';
import { random, shuffled } from '../../numeric/random.ts';
import { type AdamParameter, adamParameter, adamUpdate } from '../../optimization/adamUpdate.ts';
import type { Traffic } from './balance.ts';
import type { SoftParameters } from './gates.ts';
import type { SoftLoss } from './leafLoss.ts';
import { type SoftBatch, softObjective } from './softObjective.ts';
import { inputRows, type SoftExamples, targetRows } from './softTree.ts';
import type { SoftTree } from './types.ts';

/** Options of {@link fitSoftTree}. */
export interface SoftTreeOptions extends RunOptions {
  /** How many decisions lead to a leaf; 4 by default. */
  readonly depth?: number;
  /** What is minimised; `'expected'` by default. */
  readonly loss?: SoftLoss;
  /** β, by which decisions are made harder; 1 by default. */
  readonly inverseTemperature?: number;
  /** λ, the price of uneven splits, which halves on each level; 0.1 by default. */
  readonly balance?: number;
  /** Over how many batches evenness is seen at the root, twice as many on each level below; 1 by default. */
  readonly window?: number;
  /** Of Adam; 0.01 by default. */
  readonly learningRate?: number;
  /** How often all examples are gone through; 40 by default. */
  readonly epochs?: number;
  /** Of the start and of the order of examples; 0 by default. */
  readonly seed?: number;
}

/** A soft tree that has been fitted. */
export interface FittedSoftTree extends SoftTree {
  /** The mean of what was minimised in each epoch, `[epochs]`. */
  readonly losses: Float64Array;
}

/**
 * Distils a network into a soft decision tree, of a fixed depth, trained by gradient descent on what the network says.
 *
 * Inner node i sends an example to the right with the probability $p_i = \sigma(\beta (w_i^T x + b_i))$; a leaf has the same
 * distribution for all examples, $Q^l = \mathrm{softmax}(\varphi^l)$. The weights of a node have the shape of the inputs and
 * can be looked at as pictures. Everything is in 64-bit floats and the same on all backends.
 *
 * Source: Frosst and Hinton 2017, "Distilling a neural network into a soft decision tree". The loss printed there, Eq. (3), is the
 * logarithm of a negative number; `'expected'` leaves the outer logarithm out, `'mixture'` is the cross entropy of the mixture.
 *
 * @param examples `inputs` `[n, …]` and `targets` `[n, k]`, as `predict(model, x, { scale: 'probability' })` gives them.
 * @param options `depth`, `loss`, `inverseTemperature`, `balance`, `window`, `learningRate`, `epochs`, `batchSize` (64),
 * `seed`, `signal`, `onProgress`.
 * @returns the tree and its losses.
 * @throws {VitrineError} if shapes do not fit, a number is not finite, a target is negative or an option out of range.
 * @example
 * ```ts
 * import { fitSoftTree, predict, softTreePredict } from 'vitrine';
 * const { values: targets } = await predict(model, x, { scale: 'probability' });
 * const tree = await fitSoftTree({ inputs: x, targets }, { depth: 2, epochs: 20 });
 * const { leaf } = softTreePredict(tree, x);
 * console.log(tree.weights.shape, leaf); // [3, 16, 16, 3]
 * ```
 */
export async function fitSoftTree(examples: SoftExamples, options: SoftTreeOptions = {}): Promise<FittedSoftTree> {
  const { depth = 4, inverseTemperature = 1, learningRate = 0.01, epochs = 40, seed = 0, batchSize = 64 } = options;
  const { loss = 'expected', balance = 0.1, window = 1, signal, onProgress } = options;
  assertInteger('depth', depth, [1, 12]);
  assertChoice('loss', loss, ['expected', 'mixture']);
  assertNumber('inverseTemperature', inverseTemperature, Number.MIN_VALUE);
  assertNumber('learningRate', learningRate, Number.MIN_VALUE);
  assertNumber('balance', balance, 0);
  assertNumber('window', window, 1);
  assertCount('epochs', epochs, 1);
  assertInteger('batchSize', batchSize, [1, Number.POSITIVE_INFINITY]);
  const [own] = await owned(examples);
  const all: SoftBatch = { inputs: inputRows(own.inputs), targets: targetRows(own) };
  const count = all.inputs.length;
  const shape = { depth, inputs: own.inputs.shape.slice(1), classes: own.targets.shape[1] as number };
  const moving = startOf(shape, seed);
  const parameters: SoftParameters = {
    weights: moving.weights.values,
    biases: moving.biases.values,
    leaves: moving.leaves.values,
    inverseTemperature,
  };
  const losses = new Float64Array(epochs);
  let traffic: Traffic | undefined;
  let step = 0;
  signal?.throwIfAborted();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(count, random(seed, 1, epoch).integer);
    for (let start = 0; start < count; start += batchSize) {
      const batch = pick(all, order.subarray(start, start + batchSize));
      const found = softObjective(parameters, batch, { loss, balance, window, traffic });
      traffic = found.traffic;
      losses[epoch] = (losses[epoch] as number) + (found.value * batch.inputs.length) / count;
      const pace = { step: ++step, learningRate };
      adamUpdate(moving.weights, found.byWeights, pace);
      adamUpdate(moving.biases, found.byBiases, pace);
      adamUpdate(moving.leaves, found.byLeaves, pace);
      await eventLoopTurn();
      signal?.throwIfAborted();
    }
    onProgress?.({ stage: 'epochs', done: epoch + 1, total: epochs });
  }
  const inner = 2 ** depth - 1;
  return {
    kind: 'soft',
    depth,
    inverseTemperature,
    weights: { shape: [inner, ...shape.inputs], data: parameters.weights },
    biases: parameters.biases,
    leaves: { shape: [inner + 1, shape.classes], data: parameters.leaves },
    losses,
  };
}

interface TreeShape {
  readonly depth: number;
  readonly inputs: readonly number[];
  readonly classes: number;
}

/** Small random parameters: leaves that are alike would teach the gates nothing. */
function startOf(
  { depth, inputs, classes }: TreeShape,
  seed: number,
): Record<'weights' | 'biases' | 'leaves', AdamParameter> {
  const { normal } = random(seed, 0);
  const inner = 2 ** depth - 1;
  const size = inputs.reduce((product, length) => product * length, 1);
  const drawn = (length: number, scale: number): AdamParameter =>
    adamParameter(Float64Array.from({ length }, () => scale * normal()));
  return {
    weights: drawn(inner * size, 1 / Math.sqrt(size)),
    biases: drawn(inner, 0),
    leaves: drawn((inner + 1) * classes, 0.1),
  };
}

function pick({ inputs, targets }: SoftBatch, chosen: Int32Array): SoftBatch {
  const rows = <T>(list: readonly T[]): readonly T[] => Array.from(chosen, (row) => list[row] as T);
  return { inputs: rows(inputs), targets: rows(targets) };
}

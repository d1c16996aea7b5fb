import { inSlices, SLICE } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertOptions, count, integer, number, type OptionChecks, object, oneOf } from '../../numeric/options.ts';
import { random, shuffled } from '../../numeric/random.ts';
import { adam } from '../../optimization/adam.ts';
import { minimizeArrays } from '../../optimization/minimize.ts';
import type { SoftParameters, SoftTree } from './gates.ts';
import { type SoftBatch, type SoftLoss, softObjective, type Traffic } from './softObjective.ts';
import { inputRows, type SoftExamples, targetRows } from './softTree.ts';

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

const checks: OptionChecks<SoftTreeOptions> = {
  ...runChecks,
  depth: integer(1, 12),
  loss: oneOf(['expected', 'mixture']),
  inverseTemperature: number(Number.MIN_VALUE),
  balance: number(0),
  window: number(1),
  learningRate: number(Number.MIN_VALUE),
  epochs: count(1),
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
};

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
 * import { fitSoftTree, predict, predictSoftTree } from 'vitrine';
 * const { values: targets } = await predict(model, x, { scale: 'probability' });
 * const tree = await fitSoftTree({ inputs: x, targets }, { depth: 2, epochs: 20 });
 * const { leaf } = predictSoftTree(tree, x);
 * console.log(tree.weights.shape, leaf); // [3, 16, 16, 3]
 * ```
 */
export async function fitSoftTree(examples: SoftExamples, options: SoftTreeOptions = {}): Promise<FittedSoftTree> {
  assertOptions(options, checks);
  object('examples', examples);
  const { depth = 4, inverseTemperature = 1, learningRate = 0.01, epochs = 40, seed = 0, batchSize = 64 } = options;
  const { loss = 'expected', balance = 0.1, window = 1, signal, onProgress } = options;
  const [own] = await owned(examples);
  const all: SoftBatch = { inputs: inputRows(own.inputs), targets: targetRows(own) };
  const count = all.inputs.length;
  const shape = { depth, inputs: own.inputs.shape.slice(1), classes: own.targets.shape[1] as number };
  const parameters: SoftParameters = { ...startOf(shape, seed), inverseTemperature };
  const losses = new Float64Array(epochs);
  const batches = Math.ceil(count / batchSize);
  let order: Int32Array = new Int32Array();
  let traffic: Traffic | undefined;
  const work = minimizeArrays({
    parameters: [parameters.weights, parameters.biases, parameters.leaves],
    steps: epochs * batches,
    optimizer: adam({ learningRate }),
    *gradients(step) {
      const [epoch, start] = [Math.floor(step / batches), (step % batches) * batchSize];
      if (start === 0) order = shuffled(count, random(seed, 1, epoch).integer);
      const batch = pick(all, order.subarray(start, start + batchSize));
      const found = softObjective(parameters, batch, { loss, balance, window, traffic });
      traffic = found.traffic;
      losses[epoch] = (losses[epoch] as number) + (found.value * batch.inputs.length) / count;
      // Each batch in a slice of its own.
      yield SLICE;
      return [found.byWeights, found.byBiases, found.byLeaves];
    },
    onStep(step) {
      const done = (step + 1) / batches;
      if (Number.isInteger(done)) onProgress?.({ stage: 'epochs', done, total: epochs });
    },
  });
  await inSlices(work, { signal });
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
function startOf({ depth, inputs, classes }: TreeShape, seed: number): Omit<SoftParameters, 'inverseTemperature'> {
  const { normal } = random(seed, 0);
  const inner = 2 ** depth - 1;
  const size = inputs.reduce((product, length) => product * length, 1);
  const drawn = (length: number, scale: number): Float64Array => Float64Array.from({ length }, () => scale * normal());
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

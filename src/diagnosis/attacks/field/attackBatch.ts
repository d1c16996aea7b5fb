import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../../backend/portable.ts';
import type { OutputHead, Site } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { signalAt } from '../../../network/walk/signals.ts';
import { type NdArray, rowOf, sizeOf } from '../../../numeric/ndarray.ts';
import { type LogitReading, readLogits } from '../../readLogits.ts';
import type { InputSpace } from './inputSpace.ts';
import type { Aim, AttackLoss } from './losses.ts';
import { margin } from './losses.ts';

/** The model that is attacked, and how. */
export interface Attacked {
  readonly network: Network;
  readonly head: OutputHead;
  /** The input that is changed. */
  readonly site: Site;
  readonly classes: number;
  readonly space: InputSpace;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** Examples that are attacked together, in one batch. What happens to one does not depend on the others. */
export interface AttackBatch extends Attacked {
  /** The examples as they are, `[m, …]`. */
  readonly x: NdArray;
  /** The number of each among those of the call. */
  readonly examples: readonly number[];
  readonly labels: readonly number[];
  /** The class that each is to become; none where any other will do. */
  readonly goals: readonly number[] | undefined;
  /** The other inputs of the model, `[m, …]` each, with `x` in its place. */
  readonly inputs: readonly NdArray[];
  /** How many forward and backward passes each example of the call had; counted by {@link readScores}. */
  readonly passes: { readonly forward: Float64Array; readonly backward: Float64Array };
  /** Reports that the examples have gone a step further, of as many as the attack said. */
  readonly onStep: () => void;
}

/** The scores `[m, k]` of all classes of changed examples; synchronous, in the `tf.tidy` of the caller. */
export function scoresOf(batch: AttackBatch, x: Tensor): Tensor2D {
  return readScores(batch, x, false).scores;
}

/** Where changed examples stand, and where to go. */
export interface Climb {
  readonly scores: Tensor2D;
  /** The loss of each, `[m]`. */
  readonly loss: Tensor1D;
  /** The gradient of the loss with respect to the examples, `[m, …]`. */
  readonly gradient: Tensor;
}

/** A loss of changed examples and its gradient, by one forward and one backward walk; in the `tf.tidy` of the caller. */
export function climb(batch: AttackBatch, x: Tensor, loss: AttackLoss, aim: Aim = aimOf(batch)): Climb {
  const { scores, gradientOf } = readScores(batch, x, true);
  const { values, seeds } = loss(scores, aim);
  return { scores, loss: values, gradient: gradientOf(seeds) };
}

/** Changed examples, run once: their scores, and the gradient of any weighting of the scores, as often as it is asked for. */
export function readScores(
  batch: AttackBatch,
  x: Tensor,
  isDifferentiated: boolean,
): { readonly scores: Tensor2D; readonly gradientOf: (seeds: Tensor2D) => Tensor } {
  const { network, head, site, passes, examples } = batch;
  const others = batch.inputs.map((input) => (input === batch.x ? x : rowsOf(input, 0, input.shape[0] as number)));
  const differentiate = isDifferentiated ? { differentiate: { to: [site] } } : {};
  const record = network.forward(others, { taps: [head.logits], ...differentiate });
  counted(passes.forward, examples);
  const { scores, pullback }: LogitReading = readLogits(record.value(head.logits), head);
  return {
    scores,
    gradientOf(seeds) {
      counted(passes.backward, examples);
      return signalAt(record.backward(new Map([[head.logits, pullback(seeds)]]), { to: [site] }), site);
    },
  };
}

function counted(passes: Float64Array, examples: readonly number[]): void {
  for (const example of examples) passes[example] = (passes[example] as number) + 1;
}

/** What the examples are to be, as tensors of the caller's scope. */
export function aimOf({ labels, goals, classes }: AttackBatch): Aim {
  const rowsWith = (list: readonly number[]): Tensor2D => oneHot(tf.tensor1d([...list], 'int32'), classes);
  return { labels: rowsWith(labels), goals: goals && rowsWith(goals) };
}

/** Which rows have reached their aim, `[m]` of 1 and 0; a tie of two classes is no success. */
export function reached(scores: Tensor2D, aim: Aim): Tensor1D {
  return tf.cast(tf.greater<Tensor1D>(margin(scores, aim).values, 0), 'float32');
}

/** Some of the examples of a batch, as a batch of their own. */
export function someOf(batch: AttackBatch, rows: readonly number[]): AttackBatch {
  const inputs = batch.inputs.map((input) => rowsChosen(input, rows));
  return {
    ...batch,
    inputs,
    x: inputs[batch.inputs.indexOf(batch.x)] as NdArray,
    examples: rows.map((row) => batch.examples[row] as number),
    labels: rows.map((row) => batch.labels[row] as number),
    goals: batch.goals && rows.map((row) => batch.goals?.[row] as number),
  };
}

/** Some rows of an array, in the order in which they are given. */
export function rowsChosen(array: NdArray, rows: readonly number[]): NdArray {
  const size = sizeOf(array.shape.slice(1));
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, i) => data.set(rowOf(array, row), i * size));
  return { shape: [rows.length, ...array.shape.slice(1)], data };
}

/** Rows as one batch, in the shape of another but for how many there are. */
export function stackedRows(rows: readonly ArrayLike<number>[], { shape }: NdArray): NdArray {
  const size = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, i) => data.set(row, i * size));
  return { shape: [rows.length, ...shape.slice(1)], data };
}

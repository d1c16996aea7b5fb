import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import { vocabularySizeOf } from '../../../network/graph/embeddingOf.ts';
import type { Site } from '../../../network/graph/graph.ts';
import { chosenOutput } from '../../../network/heads/chosenOutput.ts';
import { assertClasses } from '../../../network/heads/classLogits.ts';
import type { Input, Model } from '../../../network/types.ts';
import { chunksOf, mapBatches } from '../../../network/walk/batches.ts';
import { readInputs, rowsOf } from '../../../network/walk/inputs.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import { describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { rowOf } from '../../../numeric/ndarray.ts';
import { firstGreatest } from '../../../numeric/statistics.ts';
import { chosenInput } from '../../../scoring/placedInput.ts';
import { checkClasses } from '../../../scoring/targets/classScore.ts';
import { readLogits } from '../../readLogits.ts';
import type { AttackBatch, Attacked } from './attackBatch.ts';
import type { AttackOptions, ClassChoice } from './attackOptions.ts';
import { assertWithin, inputSpace } from './inputSpace.ts';

/** All examples of a call, with what a model says of them as they are. */
export interface AttackField extends Attacked {
  /** The whole batch; of it the attacks take parts. */
  readonly all: AttackBatch;
  /** Which examples are what they are to be without any change. */
  readonly initial: readonly boolean[];
  readonly before: Verdict;
  readonly options: AttackOptions;
}

/** What a model says of examples. */
export interface Verdict {
  readonly reached: readonly boolean[];
  readonly classes: Int32Array;
  /** How probable the label of each is. */
  readonly confidence: Float32Array;
  /** `[m, k]` */
  readonly scores: NdArray;
}

/**
 * Reads the arguments of an attack, whose options were checked, and runs it.
 *
 * @param job is given copies of the caller's options, which may change during the call.
 */
export async function onField<O extends AttackOptions, T>(
  model: Model,
  x: Input,
  options: O,
  job: (field: AttackField, options: O) => Promise<T>,
): Promise<T> {
  const copies = owned(options, x);
  return withNetwork(model, async (compiled) => {
    const [own, input] = await copies;
    own.signal?.throwIfAborted();
    const { network, head } = chosenOutput(compiled, own.output);
    const classes = assertClasses(head, 'output');
    if (classes < 2)
      throw new VitrineError(
        'bad-shape',
        `"output" expected at least two classes, but "${head.site.address}" has one unit`,
      );
    const given = await readInputs(network, input);
    const index = chosenInput(given, own.input);
    const site = network.inputs[index] as Site;
    assertNumbers(vocabularySizeOf(network, site), site);
    const array = given[index] as NdArray;
    const space = inputSpace(own, array.shape.at(-1) as number);
    const within = await inSlices(assertWithin(array, space), own);
    const count = array.shape[0] as number;
    const attacked: Attacked = { network, head, site, classes, space, seed: own.seed ?? 0, signal: own.signal };
    const unlabelled: AttackBatch = {
      ...attacked,
      x: within,
      inputs: given.map((other, i) => (i === index ? within : other)),
      examples: Array.from({ length: count }, (_, i) => i),
      labels: new Array<number>(count).fill(0),
      goals: undefined,
      passes: { forward: new Float64Array(count), backward: new Float64Array(count) },
      onStep: () => {},
    };
    const seen = await verdictOf(unlabelled, within, own);
    const all = { ...unlabelled, ...aimsOf(own, { predicted: seen.classes, units: classes, count }) };
    const before = verdictFrom(all, seen.scores);
    return job({ ...attacked, all, initial: before.reached, before, options: own }, own);
  });
}

/** What a model says of changed examples, each as the 32-bit numbers that they are stored as; it does not count as queries. */
export async function verdictOf(
  batch: AttackBatch,
  x: NdArray,
  { batchSize }: { readonly batchSize?: number } = {},
): Promise<Verdict> {
  const { network, head, signal } = batch;
  const plan = {
    stage: 'verdict',
    total: x.shape[0] as number,
    ...(batchSize && { batchSize }),
    ...(signal && { signal }),
  };
  const inputs = batch.inputs.map((input) => (input === batch.x ? x : input));
  const { scores } = await mapBatches(plan, (start, end) => {
    const rows = inputs.map((input) => rowsOf(input, start, end));
    const record = network.forward(rows, { taps: [head.logits] });
    return { scores: tf.clone(readLogits(record.value(head.logits), head).scores) };
  });
  return verdictFrom(batch, scores);
}

/** The parts of the examples that go through an attack together. */
export function partsOf(field: AttackField, rows: readonly number[]): readonly (readonly number[])[] {
  const { batchSize } = field.options;
  return chunksOf({ total: rows.length, ...(batchSize && { batchSize }) }).map(({ start, end }) =>
    rows.slice(start, end),
  );
}

function verdictFrom({ labels, goals }: AttackBatch, scores: NdArray): Verdict {
  const rows = labels.map((_, i) => rowOf(scores, i));
  return {
    reached: rows.map((row, i) => isReached(row, labels[i] as number, goals?.[i])),
    classes: Int32Array.from(rows, firstGreatest),
    confidence: Float32Array.from(rows, (row, i) => probabilityOf(row, labels[i] as number)),
    scores,
  };
}

/** Whether the best class is another than the label, or the goal; a tie is no success. */
function isReached(row: Float32Array, label: number, goal: number | undefined): boolean {
  const mine = row[goal ?? label] as number;
  const best = row.reduce(
    (most, score, i) => (i === (goal ?? label) ? most : Math.max(most, score)),
    Number.NEGATIVE_INFINITY,
  );
  return goal === undefined ? best > mine : mine > best;
}

function probabilityOf(row: Float32Array, label: number): number {
  const most = Math.max(...row);
  const sum = row.reduce((total, score) => total + Math.exp(score - most), 0);
  return Math.exp((row[label] as number) - most) / sum;
}

interface AimRequest {
  readonly predicted: Int32Array;
  readonly units: number;
  readonly count: number;
}

function aimsOf(
  { label = 'predicted', criterion = 'misclassified' }: AttackOptions,
  { predicted, units, count }: AimRequest,
): Pick<AttackBatch, 'labels' | 'goals'> {
  const listOf = (argument: string, classes: ClassChoice | 'predicted'): readonly number[] => {
    const checked = checkClasses(classes, { units, count, argument });
    if (checked === 'predicted') return [...predicted];
    return typeof checked === 'number' ? new Array<number>(count).fill(checked) : checked;
  };
  const labels = listOf('label', label);
  if (criterion === 'misclassified') return { labels, goals: undefined };
  if (typeof criterion !== 'object' || criterion === null || !('target' in criterion) || criterion.target === undefined)
    throw new VitrineError(
      'bad-argument',
      `"criterion" expected "misclassified" or {target: class}, got ${describe(criterion)}`,
    );
  const goals = listOf('criterion.target', criterion.target);
  const same = goals.findIndex((goal, i) => goal === labels[i]);
  if (same >= 0 && !(label === 'predicted'))
    throw new VitrineError(
      'bad-argument',
      `"criterion.target" expected another class than "label", got ${goals[same]} for both in example ${same}`,
    );
  return { labels, goals };
}

function assertNumbers(vocabulary: number | undefined, { address }: Site): void {
  if (vocabulary === undefined) return;
  throw new VitrineError(
    'unsupported',
    `"input" expected an input of numbers, but "${address}" holds tokens, between which nothing lies`,
  );
}

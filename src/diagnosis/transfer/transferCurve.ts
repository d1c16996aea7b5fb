import type { RunOptions } from '../../network/types.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import {
  abortSignal,
  assertOptions,
  callback,
  listOf,
  type OptionChecks,
  oneOf,
  safeInteger,
  text,
} from '../../numeric/options.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import { type CreateModel, kindsOfTransfer, type RowsPlan, transferRows } from './transferRows.ts';
import type { TransferCurve, TransferKind, TransferRow, TransferSummary, TransferTask } from './types.ts';

/** Options of {@link transferCurve}. */
export interface TransferCurveOptions extends Omit<RunOptions, 'batchSize'> {
  /** The last layer that is copied, in each network; every layer with weights but the last by default. */
  readonly layers?: readonly string[];
  /** What becomes of the layers; `['AnB', 'AnB+', 'BnB', 'BnB+', 'random']` by default. */
  readonly kinds?: readonly TransferKind[];
  /** The whole protocol is gone through for each; `[0]` by default. */
  readonly seeds?: readonly number[];
}

const checks: OptionChecks<TransferCurveOptions> = {
  layers: listOf(text),
  kinds: listOf(oneOf(kindsOfTransfer)),
  seeds: listOf(safeInteger),
  signal: abortSignal,
  onProgress: callback,
};

/**
 * How general the layers of a network are: the first n layers of a network of task A, copied into one that learns task B.
 *
 * For each seed a network learns A and another one B (`base`). Then at each cut n, with the same fresh weights above it and
 * the same budget: `AnB`, the first n layers from A and kept as they are; `AnB+`, the same and trained on; `BnB` and
 * `BnB+`, the first n layers from B; `random`, the first n layers as they begin and kept. Where BnB falls below the base,
 * layers had learnt together what they do not learn apart; where AnB falls below BnB, layers are special to A; where AnB+
 * rises above the base, B gains by what was learnt of A. Frozen batch normalisation keeps its statistics and uses them.
 *
 * Source: Yosinski et al. 2014, "How transferable are features in deep neural networks?", §2.
 *
 * @param create makes an untrained network of a task, `'a'` or `'b'`, whose weights the seed decides; a new one at each
 *   call, as it is disposed. The layers that are copied, by their place in `model.layers`, have the same weights in both.
 * @param tasks the tasks `a` and `b`, each with `train` and `score`: those of {@link classifierTask}, or one's own.
 * @param options `layers`, `kinds`, `seeds`, `signal`, `onProgress`. The training of one network is a step: there are
 *   seeds × (2 + layers × kinds).
 * @returns the score of each network, and of each kind the mean, least and greatest over seeds at each cut.
 * @throws {VitrineError} if there is no such layer, layers of the two tasks have other weights, `train` has changed what was
 *   frozen, or a score is no finite number; what the callbacks throw; the signal's reason.
 * @example
 * ```ts
 * import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
 * import { installKernels } from 'vitrine';
 * import { classifierTask, transferCurve } from 'vitrine/diagnosis';
 * installKernels({ replace: true });
 * const dense = (units: number, seed: number) =>
 *   layers.dense({ units, inputShape: [2], kernelInitializer: initializers.heNormal({ seed }) });
 * const create = (_task: string, seed: number) => sequential({ layers: [dense(4, seed), dense(2, seed + 1)] });
 * const images = { shape: [4, 2], data: Float32Array.of(1, 0, 0, 1, 0.9, 0, 0, 0.8) };
 * const [a, b] = [[0, 1, 0, 1], [1, 0, 1, 0]].map((labels) => classifierTask({ images, labels }, { images, labels }));
 * const { base, curves } = await transferCurve(create, { a, b }, { kinds: ['AnB', 'random'] });
 * console.log(base.mean, curves[0].mean);
 * ```
 */
export async function transferCurve(
  create: CreateModel,
  tasks: { readonly a: TransferTask; readonly b: TransferTask },
  options: TransferCurveOptions = {},
): Promise<TransferCurve> {
  assertOptions(options, checks);
  callback('create', create);
  const { layers, kinds = kindsOfTransfer, seeds = [0], signal, onProgress } = options;
  const plan: RowsPlan = {
    create,
    tasks: { a: taskOf('tasks.a', tasks?.a), b: taskOf('tasks.b', tasks?.b) },
    layers: layers && [...layers],
    kinds: [...new Set(kinds)],
    seeds: [...seeds],
    signal,
    onProgress,
  };
  const found = await transferRows(plan);
  return {
    layers: found.layers,
    base: spread(found.rows.filter(({ kind }) => kind === 'base')),
    curves: plan.kinds.map((kind) => summaryOf(kind, found.layers, found.rows)),
    rows: found.rows,
  };
}

/** The functions of a task, as they are now. */
function taskOf(argument: string, task: TransferTask | undefined): TransferTask {
  if (typeof task?.train === 'function' && typeof task.score === 'function') {
    return { train: task.train.bind(task), score: task.score.bind(task) };
  }
  throw new VitrineError('bad-argument', `"${argument}" expected {train, score}, got ${describe(task)}`);
}

function summaryOf(kind: TransferKind, layers: readonly string[], rows: readonly TransferRow[]): TransferSummary {
  const at = layers.map((layer) => spread(rows.filter((row) => row.kind === kind && row.layer === layer)));
  const all = (name: 'mean' | 'low' | 'high'): Float64Array => Float64Array.from(at, (one) => one[name]);
  return { kind, mean: all('mean'), low: all('low'), high: all('high') };
}

function spread(rows: readonly TransferRow[]): { readonly mean: number; readonly low: number; readonly high: number } {
  const scores = rows.map(({ score }) => score);
  return { mean: scores.reduce((sum, score) => sum + score, 0) / scores.length, ...rangeOf(scores) };
}

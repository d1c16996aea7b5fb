import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { tapedGradients } from '../../network/training/tapedGradients.ts';
import { trainLayers } from '../../network/training/trainLayers.ts';
import { forEachBatch } from '../../network/walk/batches.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, count, integer, number, type OptionChecks } from '../../numeric/options.ts';
import { firstGreatest } from '../../numeric/statistics.ts';
import { type Batch, batchOf, type ClassExamples, type Examples, examplesOf } from './classExamples.ts';
import type { TransferTask } from './types.ts';

/** Options of {@link classifierTask}. */
export interface ClassifierTaskOptions {
  /** How often all images are gone through; 4 by default. */
  readonly epochs?: number;
  /** Of Adam; 1e-3 by default. */
  readonly learningRate?: number;
  /** Images in one step; 64 by default. */
  readonly batchSize?: number;
}

const checks: OptionChecks<ClassifierTaskOptions> = {
  epochs: count(1),
  learningRate: number(Number.MIN_VALUE),
  batchSize: integer(1),
};

/**
 * A task of {@link transferCurve}: classes that are learnt by Adam from some images, and the accuracy on others.
 *
 * The budget is the same for every model: so many epochs at one learning rate. The model has one output `[n, classes]`, a
 * softmax or logits. On wasm, `installKernels({ replace: true })` must have been called: tfjs lacks kernels for training
 * there.
 *
 * @param training the images to learn from; they are copied.
 * @param test the images on which the share of correct classes is counted.
 * @param options `epochs`, `learningRate`, `batchSize`.
 * @returns the two functions of a task, `train` and `score`.
 * @throws {VitrineError} if an array is not finite, or there are not as many labels as images.
 * @example
 * ```ts
 * import { classifierTask } from 'vitrine/diagnosis';
 * const images = { shape: [4, 2], data: Float32Array.of(1, 0, 0, 1, 0.9, 0, 0, 0.8) };
 * const task = classifierTask({ images, labels: [0, 1, 0, 1] }, { images, labels: [0, 1, 0, 1] }, { epochs: 2 });
 * console.log(typeof task.train, typeof task.score); // function function
 * ```
 */
export function classifierTask(
  training: ClassExamples,
  test: ClassExamples,
  options: ClassifierTaskOptions = {},
): TransferTask {
  assertOptions(options, checks);
  const [learnt, held] = [examplesOf('training', training), examplesOf('test', test)];
  const { epochs = 4, learningRate = 1e-3, batchSize = 64 } = options;
  return {
    async train(model, { seed, signal }) {
      const isLogits = !endsWithSoftmax(model);
      await trainLayers({
        model,
        count: learnt.labels.length,
        epochs,
        batchSize,
        learningRate: () => learningRate,
        seed,
        gradients: (rows, weights) => tapedGradients(() => meanLoss(model, batchOf(learnt, rows), isLogits), weights),
        onEpoch: () => undefined,
        signal,
      });
    },
    score: (model, { signal }) => accuracy(model, held, { batchSize, signal }),
  };
}

/** The cross-entropy; of probabilities that are nearly 0 as Keras has it. */
function meanLoss(model: LayersModel, { inputs, labels }: Batch, isLogits: boolean): Scalar {
  const scores = model.apply(inputs, { training: true }) as Tensor;
  assertOutput(scores.shape, labels);
  const wanted = tf.cast(tf.oneHot(labels, scores.shape[1] as number), 'float32');
  const logarithms = isLogits ? tf.logSoftmax(scores) : tf.log(tf.clipByValue(scores, 1e-7, 1));
  return tf.neg(tf.mean(tf.sum(tf.mul(wanted, logarithms), 1))) as Scalar;
}

async function accuracy(
  model: LayersModel,
  examples: Examples,
  { batchSize, signal }: { readonly batchSize: number; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const total = examples.labels.length;
  let correct = 0;
  await forEachBatch(
    { stage: 'score', total, batchSize, ...(signal && { signal }) },
    ({ start, end }) => {
      const rows = Int32Array.from({ length: end - start }, (_, i) => start + i);
      return { scores: model.apply(batchOf(examples, rows).inputs, { training: false }) as Tensor };
    },
    ({ scores }, { start, end }) => {
      const classes = scores.shape[1] as number;
      for (let i = start; i < end; i++) {
        const own = scores.data.subarray((i - start) * classes, (i - start + 1) * classes);
        if (firstGreatest(own) === examples.labels[i]) correct++;
      }
    },
  );
  return correct / total;
}

function assertOutput(shape: readonly number[], labels: Int32Array): void {
  const most = labels.reduce((a, b) => Math.max(a, b), 0);
  if (shape.length === 2 && (shape[1] as number) > most) return;
  throw new VitrineError(
    'bad-shape',
    `"create" expected models with an output [n, classes] of more than ${most} classes, got [${shape.join(', ')}]`,
  );
}

function endsWithSoftmax(model: LayersModel): boolean {
  const last = model.layers.at(-1);
  return last?.getClassName() === 'Softmax' || last?.getConfig()['activation'] === 'softmax';
}

import { initializers, layers as l, sequential } from '@tensorflow/tfjs-layers';
import * as diagnosis from '../../../src/diagnosis/index.ts';
import type { Given } from './given.ts';
import { type PublicCalls, said, sent } from './sent.ts';

const labels = () => Int32Array.of(0, 1, 2, 0, 1, 2);

function probabilities() {
  return { shape: [6, 2], data: Float32Array.of(0.2, 0.8, 0.5, 0.5, 0.9, 0.1, 0.3, 0.7, 0.6, 0.4, 1, 0) };
}

function examples() {
  return { images: { shape: [6, 2], data: Float32Array.from(probabilities().data) }, labels: labels() };
}

function moments() {
  const table = { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
  return { classes: Int32Array.of(0, 1), counts: Int32Array.of(2, 3), means: table, variances: table };
}

function create(_task: string, seed: number) {
  const dense = (name: string, units: number) =>
    l.dense({ name, inputShape: [2], units, kernelInitializer: initializers.heNormal({ seed }) });
  return sequential({ layers: [dense('first', 3), dense('last', 2)] });
}

/** Learns without the kernels for training, which not every backend has. */
const task = () => ({ train: () => undefined, score: () => 0.5 });

/** What can be stopped and watched, but takes no batches. */
function watched({ run: { signal, onProgress } }: Given) {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}

function stoppable({ run: { signal } }: Given) {
  return { ...(signal && { signal }) };
}

/** What networks know of other tasks, and what spaces of features look like. */
export const transferCalls: PublicCalls = {
  cka: (given) =>
    sent(diagnosis.cka, given.array([6, 3], 1), given.array([6, 9], 2), { debiased: true, ...stoppable(given) }),
  classMoments: (given) => sent(diagnosis.classMoments, given.array([6, 3], 1), labels(), stoppable(given)),
  intrinsicDimension: (given) =>
    sent(diagnosis.intrinsicDimension, given.array([6, 3], 1), { share: 0.9, ...stoppable(given) }),
  layerClassMoments: (given) =>
    sent(diagnosis.layerClassMoments, given.pictures, given.input([6, 12, 12, 3]), labels(), {
      layers: ['top'],
      ...given.run,
    }),
  leep: (given) => sent(diagnosis.leep, probabilities(), labels(), stoppable(given)),
  logMe: (given) =>
    sent(diagnosis.logMe, given.array([6, 3], 1), labels(), { tolerance: 1e-3, steps: 9, ...stoppable(given) }),
  outlierScores: (given) =>
    sent(diagnosis.outlierScores, given.array([6, 3], 1), given.array([2, 3], 2), {
      method: 'mahalanobis',
      labels: labels(),
      shrinkage: 0.1,
      neighbors: 2,
      ...stoppable(given),
    }),
  rsa: (given) => sent(diagnosis.rsa, given.array([6, 3], 1), given.array([6, 9], 2), stoppable(given)),
  transferCurve: (given) =>
    sent(
      diagnosis.transferCurve,
      create,
      { a: task(), b: task() },
      { layers: ['first'], kinds: ['AnB', 'random'], seeds: [0, 1], ...watched(given) },
    ),
};

/** What holds functions, which are not the same in two results. */
export const taskCalls: PublicCalls = {
  outlierAuroc: () => said(diagnosis.outlierAuroc, Float32Array.of(1, 2), Float32Array.of(2, 3)),
  separability: () => said(diagnosis.separability, moments()),
  ckaAccumulator: () => said(diagnosis.ckaAccumulator, { units: [3, 2], debiased: true }),
  classifierTask: () =>
    said(diagnosis.classifierTask, examples(), examples(), { epochs: 2, learningRate: 0.1, batchSize: 3 }),
};

import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inTurn } from '../../backend/inTurn.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { random, shuffled } from '../../numeric/random.ts';
import { adam } from '../../optimization/adam.ts';
import type { Optimizer } from '../../optimization/optimizer.ts';
import { chunksOf } from '../walk/batches.ts';
import type { LossGradients } from './tapedGradients.ts';

/** Layers, and how they are trained. */
export interface LayersTraining {
  readonly model: LayersModel;
  /** The number of examples. */
  readonly count: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Adam's, in each epoch. */
  readonly learningRate: (epoch: number) => number;
  /** Of the order of examples. */
  readonly seed: number;
  /** The mean loss of some examples, and its gradient by the weights, in the caller's `tf.tidy`. */
  readonly gradients: (rows: Int32Array, weights: readonly Variable[], step: number) => LossGradients;
  /** Called after each epoch. */
  readonly onEpoch: (epoch: number) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains the weights of layers by Adam; their order and the seed alone decide the result.
 *
 * @returns the mean loss of each epoch.
 * @throws {VitrineError} if the loss is no longer finite.
 */
export async function trainLayers(training: LayersTraining): Promise<Float64Array> {
  const { model, count, epochs, batchSize, learningRate, seed, onEpoch, signal } = training;
  const weights = model.trainableWeights.map((weight) => weight.read() as Variable);
  const state: State = { weights, memories: new Map(), steps: 0 };
  const losses = new Float64Array(epochs);
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const optimizer = adam({ learningRate: learningRate(epoch) });
      const order = shuffled(count, random(seed, 1, epoch).integer);
      const batches = chunksOf({ total: count, batchSize }).map(({ start, end }) => order.subarray(start, end));
      const step = (rows: Int32Array): { loss: Tensor } => ({ loss: trainStep(training, state, { rows, optimizer }) });
      await inTurn(
        batches,
        step,
        ({ loss }, rows) => {
          losses[epoch] = (losses[epoch] as number) + (finite(loss.data[0] as number, epoch) * rows.length) / count;
        },
        signal,
      );
      await onEpoch(epoch);
    }
    return losses;
  } finally {
    tf.dispose([...state.memories.values()].flat() as Tensor[]);
  }
}

interface State {
  readonly weights: readonly Variable[];
  /** What the optimizer remembers of each weight. */
  readonly memories: Map<Variable, readonly Tensor[]>;
  steps: number;
}

/** One step, in the caller's `tf.tidy`. */
function trainStep(
  { gradients }: LayersTraining,
  state: State,
  { rows, optimizer }: { readonly rows: Int32Array; readonly optimizer: Optimizer },
): Scalar {
  const found = gradients(rows, state.weights, state.steps);
  for (const weight of state.weights) {
    const gradient = found.grads[weight.name];
    if (!gradient) continue;
    const before = state.memories.get(weight) ?? Array.from({ length: optimizer.memories }, () => tf.zerosLike(weight));
    const { change, memory } = optimizer.step(gradient, before, state.steps);
    weight.assign(tf.add(weight, change));
    memory.forEach((tensor) => tf.keep(tensor));
    state.memories.set(weight, memory);
    tf.dispose(before as Tensor[]);
  }
  state.steps++;
  return found.value;
}

function finite(loss: number, epoch: number): number {
  if (Number.isFinite(loss)) return loss;
  throw new VitrineError(
    'not-finite',
    `"learningRate" expected one with which the loss stays finite, got a loss of ${loss} in epoch ${epoch}`,
  );
}

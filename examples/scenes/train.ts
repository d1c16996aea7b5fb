import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { random } from '../../src/numeric/random.ts';

/** Examples that are made into tensors batch by batch. */
export interface TrainingSet {
  readonly count: number;
  /** The inputs and labels of some of them; the training frees the tensors. */
  readonly batch: (rows: readonly number[]) => { readonly inputs: Tensor[]; readonly labels: Tensor };
}

/** How a model is trained. */
export interface Training {
  readonly loss: 'binaryCrossentropy' | 'categoricalCrossentropy';
  /** The learning rate of each epoch. */
  readonly rates: readonly number[];
  readonly batchSize: number;
  /** Of the order of the examples. */
  readonly seed: number;
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

/** Trains by Adam. The order of the examples depends on the seed alone, so that a run can be repeated bit by bit. */
export async function train(
  model: LayersModel,
  { count, batch }: TrainingSet,
  { loss, rates, batchSize, seed, onEpoch }: Training,
): Promise<void> {
  for (const [epoch, rate] of rates.entries()) {
    // Adam starts anew only where the rate changes.
    if (rate !== rates[epoch - 1]) model.compile({ optimizer: tf.train.adam(rate), loss });
    const order = shuffled(count, random(seed, epoch));
    let sum = 0;
    for (let start = 0; start < count; start += batchSize) {
      const rows = order.slice(start, start + batchSize);
      const { inputs, labels } = batch(rows);
      sum += ((await model.trainOnBatch(inputs, labels)) as number) * rows.length;
      tf.dispose([...inputs, labels]);
    }
    onEpoch?.(epoch, sum / count);
  }
}

function shuffled(count: number, { integer }: ReturnType<typeof random>): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

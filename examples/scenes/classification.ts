import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { stacked } from './rows.ts';
import { train } from './train.ts';

/** A generated picture `[size, size, 3]`. */
export interface Pictured {
  readonly image: { readonly shape: readonly number[]; readonly data: Float32Array };
}

/** A picture of one of some classes. */
export interface Classified extends Pictured {
  readonly class: number;
}

/** How a classifier is trained. */
export interface ClassifierTraining {
  /** How many classes there are. */
  readonly classes: number;
  /** The learning rate of each epoch. */
  readonly rates: readonly number[];
  readonly log: (text: string) => void;
}

/** Trains a model to tell pictures apart. */
export async function trainClassifier(
  model: LayersModel,
  examples: readonly Classified[],
  { classes, rates, log }: ClassifierTraining,
): Promise<void> {
  const batch = (rows: readonly number[]): { inputs: Tensor[]; labels: Tensor } => {
    const chosen = rows.map((row) => examples[row] as Classified);
    const numbers = chosen.map((example) => example.class);
    return { inputs: [picturesOf(chosen)], labels: tf.tidy(() => tf.oneHot(tf.tensor1d(numbers, 'int32'), classes)) };
  };
  const onEpoch = (epoch: number, loss: number): void => log(`training, epoch ${epoch + 1}: loss ${loss.toFixed(3)}`);
  const options = { rates, loss: 'categoricalCrossentropy', batchSize: 16, seed: 1, onEpoch } as const;
  await train(model, { count: examples.length, batch }, options);
}

/** The share of pictures whose class is found. */
export async function accuracyOf(model: LayersModel, examples: readonly Classified[]): Promise<number> {
  const found = tf.tidy(() => tf.argMax(model.predict(picturesOf(examples)) as Tensor, 1));
  const classes = await found.data();
  found.dispose();
  return examples.filter((example, i) => classes[i] === example.class).length / examples.length;
}

/** Pictures as a batch `[n, size, size, 3]`. */
export function picturesOf(examples: readonly Pictured[]): Tensor {
  return stacked(examples.map(({ image: { shape, data } }) => ({ shape: [1, ...shape], data })));
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { train } from '../scenes/train.ts';
import type { Clothes } from './images.ts';

/** How a classifier of clothes is made. */
export interface ClassifierTraining {
  readonly epochs?: number;
  readonly seed: number;
  /** Called after each epoch, of which the first is 1. */
  readonly onEpoch?: (model: tfl.LayersModel, epoch: number) => void;
}

/**
 * Two convolutions with pooling, 64 features and ten classes; layers `conv1`, `pool1`, `conv2`, `pool2`, `features`, `classes`.
 * The seed decides the weights and the order of images. Needs the kernels for training.
 */
export async function trainClassifier(
  set: Clothes,
  { epochs = 6, seed, onEpoch }: ClassifierTraining,
): Promise<tfl.LayersModel> {
  const { conv2d, maxPooling2d, flatten, dense } = tfl.layers;
  const seeded = (layer: number) => ({
    kernelInitializer: tfl.initializers.heNormal({ seed: 1 + 10 * seed + layer }),
    activation: 'relu' as const,
  });
  const model = tfl.sequential({
    layers: [
      conv2d({ name: 'conv1', inputShape: [28, 28, 1], filters: 16, kernelSize: 3, ...seeded(0) }),
      maxPooling2d({ name: 'pool1', poolSize: 2 }),
      conv2d({ name: 'conv2', filters: 32, kernelSize: 3, ...seeded(1) }),
      maxPooling2d({ name: 'pool2', poolSize: 2 }),
      flatten(),
      dense({ name: 'features', units: 64, ...seeded(2) }),
      dense({ name: 'classes', units: 10, ...seeded(3), activation: 'softmax' }),
    ],
  });
  await train(model, trainingSet(set), {
    loss: 'categoricalCrossentropy',
    rates: Array.from({ length: epochs }, () => 1e-3),
    batchSize: 64,
    seed,
    onEpoch: (epoch) => onEpoch?.(model, epoch + 1),
  });
  return model;
}

function trainingSet({ images, classes }: Clothes) {
  const size = images.data.length / classes.length;
  return {
    count: classes.length,
    batch(rows: readonly number[]): { inputs: Tensor[]; labels: Tensor } {
      const data = new Float32Array(rows.length * size);
      rows.forEach((row, i) => data.set(images.data.subarray(row * size, (row + 1) * size), i * size));
      const chosen = rows.map((row) => classes[row] as number);
      return {
        inputs: [tf.tensor(data, [rows.length, ...images.shape.slice(1)])],
        labels: tf.tidy(() => tf.cast(tf.oneHot(chosen, 10), 'float32')),
      };
    },
  };
}

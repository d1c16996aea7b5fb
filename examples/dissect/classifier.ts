import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { installKernels, type SyntheticSample, syntheticConcepts } from 'vitrine';
import { stacked } from '../scenes/rows.ts';
import { train } from '../scenes/train.ts';

/** The side of the pictures. */
export const side = 48;

/** A small network that tells generated things apart, as it is before training. */
export function untrained(): LayersModel {
  const initializer = (seed: number): ReturnType<typeof tfl.initializers.heNormal> =>
    tfl.initializers.heNormal({ seed });
  const layer = (filters: number, seed: number, options: object = {}): tfl.layers.Layer =>
    tfl.layers.conv2d({
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: initializer(seed),
      ...options,
    });
  return tfl.sequential({
    name: 'things',
    layers: [
      layer(16, 1, { inputShape: [side, side, 3], name: 'conv1' }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      layer(32, 2, { name: 'conv2' }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      layer(64, 3, { name: 'conv3' }),
      layer(64, 4, { name: 'conv4' }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 4, activation: 'softmax', kernelInitializer: initializer(5), name: 'scores' }),
    ],
  });
}

/** The same network, trained on generated pictures. */
export async function trained(log: (text: string) => void): Promise<LayersModel> {
  installKernels();
  const model = untrained();
  const { samples, classes } = syntheticConcepts({ seed: 1, count: 3000, size: side });
  const batch = (rows: readonly number[]): { inputs: Tensor[]; labels: Tensor } => {
    const chosen = rows.map((row) => samples[row] as SyntheticSample);
    return { inputs: [picturesOf(chosen)], labels: tf.oneHot(classesOf(chosen), classes.length) };
  };
  const rates = [0.003, 0.003, 0.003, 0.003, 0.003, 0.001, 0.001, 0.0003];
  const onEpoch = (epoch: number, loss: number): void => log(`training, epoch ${epoch + 1}: loss ${loss.toFixed(3)}`);
  const options = { rates, loss: 'categoricalCrossentropy', batchSize: 16, seed: 1, onEpoch } as const;
  await train(model, { count: samples.length, batch }, options);
  return model;
}

/** The share of pictures whose class is found. */
export async function accuracyOf(model: LayersModel, samples: readonly SyntheticSample[]): Promise<number> {
  const found = tf.tidy(() => tf.argMax(model.predict(picturesOf(samples)) as Tensor, 1));
  const classes = await found.data();
  found.dispose();
  return samples.filter((sample, i) => classes[i] === sample.class).length / samples.length;
}

function picturesOf(samples: readonly SyntheticSample[]): Tensor {
  return stacked(samples.map(({ image: { shape, data } }) => ({ shape: [1, ...shape], data })));
}

function classesOf(samples: readonly SyntheticSample[]): tf.Tensor1D {
  return tf.tensor1d(
    samples.map((sample) => sample.class),
    'int32',
  );
}

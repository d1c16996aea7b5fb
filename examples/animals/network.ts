import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { installKernels } from 'vitrine';
import { stacked } from '../scenes/rows.ts';
import { train } from '../scenes/train.ts';
import { categoryNames } from './anatomy.ts';
import { type Animal, drawAnimal } from './drawAnimal.ts';

/** The side of the pictures. */
export const side = 64;

/** The convolutions of the network, from the first to the last. */
export const layerNames = ['conv1', 'conv2', 'conv3', 'conv4'] as const;

/** A small network that tells the animals apart, as it is before training. */
export function untrained(): LayersModel {
  const initializer = (seed: number): ReturnType<typeof tfl.initializers.heNormal> =>
    tfl.initializers.heNormal({ seed });
  const layer = (place: 0 | 1 | 2 | 3, filters: number, options: object = {}): tfl.layers.Layer =>
    tfl.layers.conv2d({
      name: layerNames[place],
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: initializer(place + 1),
      ...options,
    });
  return tfl.sequential({
    name: 'animals',
    layers: [
      layer(0, 16, { inputShape: [side, side, 3], kernelSize: 5, strides: 2 }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      layer(1, 24),
      layer(2, 32),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      layer(3, 48),
      tfl.layers.globalMaxPooling2d({}),
      tfl.layers.dense({
        units: categoryNames.length,
        activation: 'softmax',
        kernelInitializer: initializer(5),
        name: 'scores',
      }),
    ],
  });
}

/** The same network, trained on generated pictures. */
export async function trained(log: (text: string) => void): Promise<LayersModel> {
  installKernels();
  const model = untrained();
  const animals = Array.from({ length: 2400 }, (_, number) => {
    const { image, category } = drawAnimal(number, { seed: 1, size: side });
    return { image, category };
  });
  const batch = (rows: readonly number[]): { inputs: Tensor[]; labels: Tensor } => {
    const chosen = rows.map((row) => animals[row] as Pictured);
    return { inputs: [picturesOf(chosen)], labels: tf.oneHot(categoriesOf(chosen), categoryNames.length) };
  };
  const rates = [0.003, 0.003, 0.003, 0.001, 0.0003];
  const onEpoch = (epoch: number, loss: number): void => log(`training, epoch ${epoch + 1}: loss ${loss.toFixed(3)}`);
  const options = { rates, loss: 'categoricalCrossentropy', batchSize: 16, seed: 1, onEpoch } as const;
  await train(model, { count: animals.length, batch }, options);
  return model;
}

/** The share of pictures whose category is found. */
export async function accuracyOf(model: LayersModel, animals: readonly Pictured[]): Promise<number> {
  const found = tf.tidy(() => tf.argMax(model.predict(picturesOf(animals)) as Tensor, 1));
  const categories = await found.data();
  found.dispose();
  return animals.filter((animal, i) => categories[i] === animal.category).length / animals.length;
}

type Pictured = Pick<Animal, 'image' | 'category'>;

/** Pictures as a batch `[n, side, side, 3]`. */
export function picturesOf(animals: readonly Pictured[]): Tensor {
  return stacked(animals.map(({ image: { shape, data } }) => ({ shape: [1, ...shape], data })));
}

function categoriesOf(animals: readonly Pictured[]): tf.Tensor1D {
  return tf.tensor1d(
    animals.map(({ category }) => category),
    'int32',
  );
}

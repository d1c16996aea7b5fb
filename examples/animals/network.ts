import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { installKernels } from 'vitrine';
import { type Classified, accuracyOf as shareOfRight, trainClassifier } from '../scenes/classification.ts';
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
  const animals = Array.from({ length: 2400 }, (_, number) => classified(drawAnimal(number, { seed: 1, size: side })));
  const rates = [0.003, 0.003, 0.003, 0.001, 0.0003];
  await trainClassifier(model, animals, { classes: categoryNames.length, rates, log });
  return model;
}

/** The share of pictures whose category is found. */
export function accuracyOf(model: LayersModel, animals: readonly Animal[]): Promise<number> {
  return shareOfRight(model, animals.map(classified));
}

function classified({ image, category }: Animal): Classified {
  return { image, class: category };
}

export { picturesOf } from '../scenes/classification.ts';

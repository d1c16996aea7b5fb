import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { installKernels, syntheticConcepts } from 'vitrine';
import { trainClassifier } from '../scenes/classification.ts';

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
  const rates = [0.003, 0.003, 0.003, 0.003, 0.003, 0.001, 0.001, 0.0003];
  await trainClassifier(model, samples, { classes: classes.length, rates, log });
  return model;
}

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { random } from '../../../src/numeric/random.ts';
import type { LabelledImage } from '../../../src/readings/labels.ts';
import { chain, randomized } from '../../oracle/building.ts';
import { randomLabelled } from '../labelled.ts';

/** How many images there are in all. */
export const count = 23;

/** Two layers with random weights, the same each time. */
export async function model(): Promise<LayersModel> {
  await tf.setBackend('cpu');
  return randomized(
    chain(
      [12, 12, 3],
      l.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu', name: 'first' }),
      l.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', name: 'second' }),
      l.globalAveragePooling2d({}),
    ),
  );
}

/** Every `of`-th image from number `shard` on. */
export function dataset(shard: number, of: number): readonly LabelledImage[] {
  return images().filter((_, image) => image % of === shard);
}

/** All images. */
export function images(): readonly LabelledImage[] {
  const labels = randomLabelled({ images: count, positions: [1, 1], pixels: [9, 11], units: 2 }, 4);
  const { normal } = random(8);
  return labels.map(({ activations: _, ...rest }) => ({
    ...rest,
    image: { shape: [12, 12, 3], data: Float32Array.from({ length: 12 * 12 * 3 }, normal) },
  }));
}

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readModel } from '../../../src/node/readModel.ts';
import type { LabelledImage } from '../../../src/readings/labels.ts';
import { randomLabelled } from '../labelled.ts';

/** The small network that the examples of the documentation use. */
export async function model(): Promise<LayersModel> {
  await tf.setBackend('cpu');
  return readModel(new URL('../../fixtures/models/vgg-tiny/model.json', import.meta.url));
}

/** Every `of`-th of a few images, from number `shard` on. */
export function dataset(shard: number, of: number): readonly LabelledImage[] {
  return randomLabelled({ images: 4, positions: [16, 16], pixels: [8, 8], units: 3 }, 0)
    .filter((_, image) => image % of === shard)
    .map(({ activations, ...labels }) => ({ ...labels, image: activations }));
}

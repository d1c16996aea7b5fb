// What the benchmarks of Network Dissection dissect; also the module of worker threads.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Concept, LabelledImage } from '../src/index.ts';
import { random } from '../src/numeric/random.ts';

const LABELS = 112;
/** How many images threads read, of which every 48th is the same. */
const MANY = 640;

export const concepts: readonly Concept[] = Array.from({ length: 200 }, (_, i) => ({
  number: i + 1,
  name: `concept ${i + 1}`,
  category: ['object', 'part', 'material', 'color'][i % 4] as string,
}));

/** Opens the network in a thread. */
export async function model(): Promise<tfl.LayersModel> {
  await tf.setBackend('wasm');
  return dissectable();
}

/** Every `of`-th of many images, from number `shard` on. */
export function dataset(shard: number, of: number): readonly LabelledImage[] {
  const images = Array.from({ length: 48 }, (_, number) => labelledImage(number));
  const numbers = Array.from({ length: MANY }, (_, number) => number).filter((number) => number % of === shard);
  return numbers.map((number) => images[number % images.length] as LabelledImage);
}

/** The same number of units and positions behind as many products as a ResNet-18 has. */
export function largeDissectable(): tfl.LayersModel {
  const layer = (filters: number, options: object = {}): tfl.layers.Layer =>
    tfl.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...options });
  return tfl.sequential({
    layers: [
      layer(64, { inputShape: [224, 224, 3], kernelSize: 7, strides: 2 }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      ...[64, 64, 64, 64].map((filters) => layer(filters)),
      layer(128, { strides: 2 }),
      ...[128, 128, 128].map((filters) => layer(filters)),
      layer(256, { strides: 2 }),
      ...[256, 256].map((filters) => layer(filters)),
      layer(512, { name: 'units' }),
    ],
  });
}

/** A network with 512 units on 14 × 14 positions. */
export function dissectable(): tfl.LayersModel {
  const layer = (filters: number, options: object = {}): tfl.layers.Layer =>
    tfl.layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', ...options });
  return tfl.sequential({
    layers: [layer(32, { inputShape: [224, 224, 3] }), layer(64), layer(128), layer(512, { name: 'units' })],
  });
}

/** A random picture with four planes of labels in blocks. */
export function labelledImage(number: number): LabelledImage {
  const { uniform, integer } = random(number);
  const planes = new Int32Array(4 * LABELS * LABELS);
  for (let plane = 0; plane < 4; plane++) {
    for (let block = 0; block < 12; block++) {
      const [top, left, label] = [integer(LABELS), integer(LABELS), 1 + 4 * integer(50) + plane];
      for (let y = top; y < Math.min(top + 40, LABELS); y++) {
        const row = (plane * LABELS + y) * LABELS;
        planes.fill(label, row + left, row + Math.min(left + 40, LABELS));
      }
    }
  }
  return {
    image: { shape: [224, 224, 3], data: Float32Array.from({ length: 224 * 224 * 3 }, uniform) },
    planes: { shape: [4, LABELS, LABELS], data: planes },
  };
}

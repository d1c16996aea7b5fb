import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { chain, randomized } from '../oracle/building.ts';

/** A small network of pictures `[12, 10, c]` with logits of some classes. */
export function pictureClassifier(classes: number, channels = 3): LayersModel {
  return randomized(
    chain(
      [12, 10, channels],
      l.conv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
      l.maxPooling2d({ poolSize: 2 }),
      l.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }),
      l.flatten(),
      l.dense({ units: classes }),
    ),
  );
}

/** Random pictures for it, with values of 0 to 1. */
export function randomPictures(count: number, channels = 3): NdArray {
  const { uniform } = random(7);
  return { shape: [count, 12, 10, channels], data: Float32Array.from({ length: count * 120 * channels }, uniform) };
}

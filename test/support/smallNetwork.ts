import { layers as l } from '@tensorflow/tfjs-layers';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { chain, randomized } from '../oracle/building.ts';
import { randomLabelled } from './labelled.ts';

/** The side of the pictures. */
export const smallSide = 8;

/** A convolution `conv` of six units on pictures of 8 × 8, and a dense layer. */
export function smallNetwork(): ReturnType<typeof chain> {
  return randomized(
    chain(
      [smallSide, smallSide, 3],
      l.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv' }),
      l.flatten(),
      l.dense({ units: 2, name: 'head' }),
    ),
  );
}

/** Random pictures for it with random labels. */
export function smallImages(count: number): readonly LabelledImage[] {
  const shapes = {
    images: count,
    positions: [smallSide, smallSide],
    pixels: [smallSide, smallSide],
    units: 3,
  } as const;
  return randomLabelled(shapes, 2).map(({ activations: image, ...labels }) => ({ ...labels, image }));
}

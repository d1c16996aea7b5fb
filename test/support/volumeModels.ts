import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, type Layer, randomized } from '../oracle/building.ts';

/** A convolution `A` of volumes `[3, 6, 5, 2]`, every other row and column, and two linear scores of its 3 × 3 × 3 × 3 values. */
export function volumeModel(seed = 1): LayersModel {
  return randomized(
    chain(
      [3, 6, 5, 2],
      l.conv3d({ name: 'A', filters: 3, kernelSize: 3, strides: [1, 2, 2], padding: 'same', activation: 'relu' }),
      l.flatten(),
      l.dense({ units: 2 }),
    ),
    seed,
  );
}

/** A linear score of volumes themselves. */
export function linearVolumes(shape: readonly [number, number, number, number], seed = 1): LayersModel {
  return randomized(chain(shape, l.flatten(), l.dense({ units: 1 })), seed);
}

/** Convolutions `A` of each of three frames `[6, 5, 2]`, and two linear scores of all their values. */
export function frameModel(seed = 1): LayersModel {
  const conv = l.conv2d({ name: 'A', filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' });
  return randomized(
    chain([3, 6, 5, 2], l.timeDistributed({ layer: conv, name: 'frames' }), l.flatten(), l.dense({ units: 2 })),
    seed,
  );
}

/** The first layer's values, and the gradient of a score by them, which is the head's kernel. */
export async function valuesAndSlopes(
  model: LayersModel,
  x: NdArray,
  unit: number,
): Promise<{ A: NdArray; g: NdArray }> {
  const [kernel] = (model.layers.at(-1) as Layer).getWeights() as [tf.Tensor];
  const A = tf.tidy(() => (model.layers[1] as Layer).apply(tf.tensor(x.data, [...x.shape])) as tf.Tensor);
  const units = kernel.shape[1] as number;
  const slopes = (await kernel.data()).filter((_, i) => i % units === unit) as Float32Array;
  const values = { shape: A.shape, data: (await A.data()) as Float32Array };
  A.dispose();
  return { A: values, g: { shape: [1, ...A.shape.slice(1)], data: slopes } };
}

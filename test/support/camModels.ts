import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, conv, randomized } from '../oracle/building.ts';
import { withWeights } from '../oracle/denseModel.ts';

/** A layer `A` that is the picture `[h, w, c]` itself, the mean of each channel, and units on them. */
export function pooledChannels(
  shape: readonly [number, number, number],
  kernel: readonly (readonly number[])[],
  bias: readonly number[],
): LayersModel {
  const model = chain(
    shape,
    l.activation({ activation: 'linear', name: 'A' }),
    l.globalAveragePooling2d({}),
    l.dense({ units: bias.length, activation: bias.length > 1 ? 'softmax' : 'linear' }),
  );
  return withWeights(model, [kernel.flat(), bias]);
}

/** Convolutions with strides, of which the last is `A`, before a head that is not linear. */
export function curvedHead(seed = 2): LayersModel {
  return randomized(
    chain(
      [9, 8, 2],
      conv({ filters: 4, activation: 'relu', padding: 'same' }),
      conv({ name: 'A', filters: 5, strides: 2, activation: 'relu' }),
      conv({ filters: 4, kernelSize: 2, activation: 'tanh' }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax' }),
    ),
    seed,
  );
}

/** What layer `A` gives for examples. */
export async function activationsOfA(model: LayersModel, { shape, data }: NdArray): Promise<NdArray> {
  const end = model.layers.findIndex(({ name }) => name === 'A');
  return readOut(() => run(model.layers.slice(1, end + 1), tf.tensor(data, [...shape])));
}

/** The logits of values of layer `A`. */
export async function logitsAfterA(model: LayersModel, { shape, data }: NdArray): Promise<NdArray> {
  const start = model.layers.findIndex(({ name }) => name === 'A') + 1;
  const [kernel, bias] = (model.layers.at(-1) as LayersModel['layers'][number]).getWeights() as [
    tf.Tensor2D,
    tf.Tensor,
  ];
  return readOut(() => {
    const features = run(model.layers.slice(start, -1), tf.tensor(data, [...shape]));
    return tf.add(tf.matMul(features as tf.Tensor2D, kernel), bias);
  });
}

/** The logits of pictures. */
export async function logitsOf(model: LayersModel, x: NdArray): Promise<NdArray> {
  return logitsAfterA(model, await activationsOfA(model, x));
}

function run(layers: LayersModel['layers'], x: tf.Tensor): tf.Tensor {
  return layers.reduce((value, layer) => layer.apply(value) as tf.Tensor, x);
}

async function readOut(make: () => tf.Tensor): Promise<NdArray> {
  const tensor = tf.tidy(make);
  const values = { shape: tensor.shape, data: (await tensor.data()) as Float32Array };
  tensor.dispose();
  return values;
}

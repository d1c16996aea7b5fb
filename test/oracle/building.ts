import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers as layersOf, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model } from '@tensorflow/tfjs-layers';
import { type NdArray, sizeOf } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';

export type Layer = layersOf.Layer;
/** Makes a model that the caller disposes. */
export type Build = () => LayersModel;

export const picture: number[] = [6, 7, 2];
export const vector: number[] = [5];
export function conv(config: object = {}): Layer {
  return l.conv2d({ filters: 3, kernelSize: 3, ...config });
}

export function norm(config: object = {}): Layer {
  return l.batchNormalization(config);
}

export function apply(layer: Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor;
}

/** Layers one after the other. */
export function chain(shape: readonly number[], ...layers: Layer[]): LayersModel {
  const x = input({ shape: [...shape] });
  return model({ inputs: x, outputs: layers.reduce((value, layer) => apply(layer, value), x) });
}

/** A model whose branches all read one input and whose results a layer joins. */
export function joined(join: Layer, ...branches: Layer[][]): LayersModel {
  const x = input({ shape: picture });
  const ends = branches.map((branch) => branch.reduce((value, layer) => apply(layer, value), x));
  return model({ inputs: x, outputs: apply(join, ends) });
}

/** Gives every weight a random value of its own, variances positive ones. */
export function randomized(model: LayersModel, seed = 0): LayersModel {
  model.weights.forEach((weight, i) => {
    const source = random(seed, i);
    const positive = weight.name.includes('variance');
    const fan = Math.sqrt(sizeOf(weight.shape.slice(0, -1) as number[]));
    const values = Float32Array.from({ length: sizeOf(weight.shape as number[]) }, () =>
      positive ? 0.5 + source.uniform() : ((source.uniform() - 0.5) * 3) / fan,
    );
    const tensor = tf.tensor(values, weight.shape as number[]);
    weight.write(tensor);
    tensor.dispose();
  });
  return model;
}

/** Random numbers in the shapes of a model's inputs; whole ones for an embedding. */
export function inputsOf(model: LayersModel, count = 2, seed = 0): NdArray[] {
  const tokens = model.layers.some((layer) => layer.getClassName() === 'Embedding');
  return model.inputs.map(({ shape }, i) => {
    const full = [count, ...(shape.slice(1) as number[])];
    const source = random(seed, 1000 + i);
    const draw = (): number => (tokens ? Math.floor(7 * source.uniform()) : 2 * source.uniform() - 1);
    return { shape: full, data: Float32Array.from({ length: sizeOf(full) }, draw) };
  });
}

/** Frees the weights of a model, also of one whose layers are shared with others. */
export function free(model: LayersModel): void {
  tf.dispose(model.weights.map((weight) => weight.read()));
}

/** A small classifier: conv1, norm1, relu1, pool1, conv2, features, scores (softmax by default). */
export function classifier({ units = 4, activation = 'softmax', seed = 3 }: ClassifierOptions = {}): LayersModel {
  const layers = [
    conv({ name: 'conv1', useBias: false, padding: 'same', filters: 4 }),
    norm({ name: 'norm1' }),
    l.reLU({ name: 'relu1' }),
    l.maxPooling2d({ name: 'pool1', poolSize: 2 }),
    conv({ name: 'conv2', kernelSize: 2, activation: 'tanh' }),
    l.globalAveragePooling2d({ name: 'features' }),
    l.dense({ name: 'scores', units, activation: activation as 'softmax' }),
  ];
  return randomized(chain(picture, ...layers), seed);
}

interface ClassifierOptions {
  readonly units?: number;
  readonly activation?: 'softmax' | 'sigmoid' | 'linear';
  readonly seed?: number;
}

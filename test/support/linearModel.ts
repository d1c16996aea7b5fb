import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l, sequential } from '@tensorflow/tfjs-layers';
import { type NdArray, sizeOf } from '../../src/numeric/ndarray.ts';

/** The score Σ w x + bias of inputs of a shape; the caller disposes the model. */
export function linearModel(shape: readonly number[], weights: ArrayLike<number>, bias = 0): LayersModel {
  const flat = shape.length === 1 ? [] : [l.flatten({ inputShape: [...shape] })];
  const model = sequential({ layers: [...flat, l.dense({ units: 1, inputShape: [sizeOf(shape)] })] });
  tf.tidy(() => model.setWeights([tf.tensor(Float32Array.from(weights), [sizeOf(shape), 1]), tf.tensor1d([bias])]));
  return model;
}

/** The exact contributions w (x − x′) to a linear score. */
export function contributions(x: NdArray, weights: ArrayLike<number>, baseline: ArrayLike<number> = []): NdArray {
  const data = x.data.map(
    (value, i) => (value - (baseline[i % weights.length] ?? 0)) * (weights[i % weights.length] as number),
  );
  return { shape: x.shape, data };
}

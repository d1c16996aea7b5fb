import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l, sequential } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';

/** Numbers as rows. */
export type Matrix = readonly (readonly number[])[];

/** A dense layer: kernel[i][j] from input i to unit j. */
export interface DenseWeights {
  readonly kernel: Matrix;
  readonly bias: readonly number[];
  readonly activation: string;
}

/** Dense layers one after the other, the layers named `dense0`, `dense1`, … */
export function denseModel(layers: readonly DenseWeights[]): LayersModel {
  const model = sequential({
    layers: layers.map(({ kernel, bias, activation }, i) =>
      l.dense({
        units: bias.length,
        activation: activation as 'relu',
        name: `dense${i}`,
        ...(i === 0 && { inputShape: [kernel.length] }),
      }),
    ),
  });
  return withWeights(
    model,
    layers.flatMap(({ kernel, bias }) => [kernel.flat(), bias]),
  );
}

/** Writes the weights of a model, in its order. */
export function withWeights(model: LayersModel, values: readonly (readonly number[])[]): LayersModel {
  tf.tidy(() =>
    model.setWeights(model.weights.map(({ shape }, i) => tf.tensor([...(values[i] ?? [])], shape as number[]))),
  );
  return model;
}

/** A matrix of random numbers that float32 holds exactly. */
export function randomMatrix(rows: number, columns: number, seed: number): number[][] {
  const { normal } = random(seed, rows, columns);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(normal())));
}

/** Rows as a batch. */
export function batch(rows: Matrix): NdArray {
  return { shape: [rows.length, (rows[0] as readonly number[]).length], data: Float32Array.from(rows.flat()) };
}

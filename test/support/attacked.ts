import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type NdArray, rowOf } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { type DenseWeights, denseModel, type Matrix, randomMatrix } from '../oracle/denseModel.ts';

/** A dense network whose last layer is linear, its weights, and a batch of inputs between 0 and 1. */
export interface AttackedNetwork {
  readonly layers: readonly DenseWeights[];
  readonly model: LayersModel;
  readonly x: NdArray;
}

/** A network of some layers with random weights, and a batch for it. */
export function attackedNetwork(
  sizes: readonly number[],
  { seed = 1, count = 6 }: { seed?: number; count?: number } = {},
): AttackedNetwork {
  const layers = sizes.slice(1).map((units, i): DenseWeights => {
    const inputs = sizes[i] as number;
    return {
      kernel: randomMatrix(inputs, units, seed + i).map((row) => row.map((w) => Math.fround(w / Math.sqrt(inputs)))),
      bias: (randomMatrix(1, units, seed + 10 + i)[0] as number[]).map((b) => Math.fround(b / 4)),
      activation: i === sizes.length - 2 ? 'linear' : 'relu',
    };
  });
  const size = sizes[0] as number;
  const { uniform } = random(seed, count);
  const data = Float32Array.from({ length: count * size }, uniform);
  return { layers, model: denseModel(layers), x: { shape: [count, size], data } };
}

/** The rows of a batch as plain numbers. */
export function rowsOfBatch(x: NdArray): Matrix {
  return Array.from({ length: x.shape[0] as number }, (_, row) => Array.from(rowOf(x, row)));
}

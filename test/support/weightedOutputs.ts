import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { ScoreFunction } from '../../src/scoring/types.ts';

const weight = (i: number): number => Math.cos(1 + i);

/** A score that any network has: the numbers of all its outputs, each with a weight of its own. */
export const weightedOutputs: ScoreFunction = (outputs) =>
  outputs
    .map((output) => tf.reshape(output, [output.shape[0] as number, -1]))
    .map((flat) => tf.sum(tf.mul(flat, tf.tensor1d(weights(flat.shape[1] as number))), 1))
    .reduce((a: Tensor, b) => tf.add(a, b));

/** The same score of what `model.predict` gives. */
export async function weightedPredictions(model: LayersModel, inputs: readonly NdArray[]): Promise<number[]> {
  const outputs = tf.tidy(() => {
    const predicted = model.predict(inputs.map(({ shape, data }) => tf.tensor(data, [...shape])));
    return Array.isArray(predicted) ? predicted : [predicted];
  });
  const read = async (output: Tensor): Promise<NdArray> => ({
    shape: output.shape,
    data: Float32Array.from(await output.data()),
  });
  const arrays = await Promise.all(outputs.map(read));
  tf.dispose(outputs);
  return weightedSums(arrays);
}

/** The same score of outputs that are known. */
export function weightedSums(outputs: readonly NdArray[]): number[] {
  const [count] = (outputs[0] as NdArray).shape as [number];
  return Array.from({ length: count }, (_, row) =>
    outputs.reduce((sum, { data }) => {
      const size = data.length / count;
      return data.subarray(row * size, (row + 1) * size).reduce((total, value, i) => total + value * weight(i), sum);
    }, 0),
  );
}

function weights(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => weight(i));
}

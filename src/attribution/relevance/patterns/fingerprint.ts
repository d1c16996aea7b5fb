import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { readTensor } from '../../../backend/inTurn.ts';
import type { Network } from '../../../network/network.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';

/** The sum and the sum of squares of each weight of a model, `[weights, 2]`: enough to tell models apart. */
export async function fingerprintOf(network: Network): Promise<NdArray> {
  const sums = tf.tidy(() => {
    const weights = weightsOf(network);
    return tf.reshape(tf.stack(weights.flatMap((weight) => [tf.sum(weight), tf.sum(tf.square(weight))])), [-1, 2]);
  });
  try {
    return await readTensor(sums);
  } finally {
    sums.dispose();
  }
}

/** Whether a fingerprint is that of a model, up to the rounding that backends differ by. */
export function isFingerprintOf(network: Network, own: NdArray, given: NdArray): boolean {
  if (own.data.length !== given.data.length) return false;
  const sizes = tf.tidy(() => weightsOf(network).map(({ size }) => size));
  return sizes.every((size, i) => {
    const [sum, squares] = own.data.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
    const [otherSum, otherSquares] = given.data.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
    // Of the sum of the magnitudes, which is at most √(n Σ w²).
    const near = Math.abs(sum - otherSum) <= tolerance * Math.sqrt(size * squares);
    return near && Math.abs(squares - otherSquares) <= tolerance * squares;
  });
}

const tolerance = 1e-5;

function weightsOf({ operations }: Network): readonly Tensor[] {
  return operations.flatMap(({ parameters }) => Object.values(parameters));
}

import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addTo, type NdArray } from '../../../numeric/ndarray.ts';

/** Sums over masks at each position: of score times mask, of masks, and of their squares. */
export type MaskSums<T> = Record<'products' | 'masks' | 'squares', T>;

/** The sums over some masks `[k, …]` with their scores, a number for each place. */
export function maskSums(scores: Tensor1D, masks: Tensor): MaskSums<Tensor1D> {
  const count = scores.shape[0];
  const flat = tf.reshape(masks, [count, -1]);
  return {
    products: tf.reshape(tf.matMul(tf.reshape(scores, [1, count]), flat), [-1]),
    masks: tf.sum(flat, 0),
    squares: tf.sum(tf.square(flat), 0),
  };
}

/** What masks and scores of one example have had in common so far. */
export interface MaskMoments {
  add(sums: MaskSums<NdArray>, scores: Float32Array): void;
  /** Σ F m / (N p): Eq. (6), Petsiuk et al. 2018. */
  means(probability: number): Float64Array;
  /** cov(F, m) / var(m): no share of the mean score; zero where no mask differs from another. */
  slopes(): Float64Array;
}

/** Starts with no masks. */
export function maskMoments(positions: number): MaskMoments {
  const sums = {
    products: new Float64Array(positions),
    masks: new Float64Array(positions),
    squares: new Float64Array(positions),
  };
  let count = 0;
  let total = 0;
  return {
    add(part, scores) {
      count += scores.length;
      total += scores.reduce((sum, score) => sum + score, 0);
      for (const name of ['products', 'masks', 'squares'] as const) addTo(sums[name], part[name].data);
    },
    means: (probability) => sums.products.map((sum) => sum / (Math.max(1, count) * probability)),
    slopes: () =>
      sums.products.map((product, i) => {
        const [mask, square] = [sums.masks[i] as number, sums.squares[i] as number];
        const variance = count * square - mask ** 2;
        // Sums are made of 32-bit numbers, which leave a remainder where masks are all the same.
        return variance > 1e-5 * count * square ? (count * product - total * mask) / variance : 0;
      }),
  };
}

import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { PixelTransform } from './transform.ts';

/**
 * Pictures as they are, whose gradient comes back with length 1: $g / \lVert g \rVert_2$ for each picture, 0 where it
 * is 0.
 *
 * Source: lucid's `transform.normalize_gradient`.
 *
 * @returns a transform for `visualize`.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const even = [transforms.normalizeGradient(), ...transforms.standard()];
 * ```
 */
export function normalizeGradient(): PixelTransform {
  return { name: 'normalizeGradient', apply: (pictures) => ({ pictures, pullback: normalized }) };
}

function normalized(cotangent: Tensor4D): Tensor4D {
  // The greatest number first: squares of small ones would vanish.
  const greatest = tf.maximum(tf.max(tf.abs(cotangent), [1, 2, 3], true), smallest);
  const ratio = tf.div(cotangent, greatest);
  const length = tf.sqrt(tf.sum(tf.square(ratio), [1, 2, 3], true));
  return tf.div(ratio, tf.maximum(length, smallest));
}

const smallest = 1e-30;

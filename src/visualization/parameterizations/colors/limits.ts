import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** How raw numbers become numbers of 0 to 1. */
export type LimitName = 'sigmoid' | 'clip';

/** A limit, what leads back through it, and the raw number of a number. */
export interface Limit {
  apply(raw: Tensor4D): Tensor4D;
  pullback(cotangent: Tensor4D, pictures: Tensor4D): Tensor4D;
  invert(value: number): number;
}

/** Pictures that are exactly 0 or 1 have no raw numbers under a sigmoid: they are moved inside by so much. */
const INSIDE = 1 / 2048;

/** The limits by their names. */
export const limits: Readonly<Record<LimitName, Limit>> = {
  sigmoid: {
    apply: (raw) => tf.sigmoid(raw),
    pullback: (cotangent, pictures) => tf.mul(tf.mul(cotangent, pictures), tf.sub(1, pictures)),
    invert(value) {
      const inside = Math.min(Math.max(value, INSIDE), 1 - INSIDE);
      return Math.log(inside / (1 - inside));
    },
  },
  clip: {
    apply: (raw) => tf.clipByValue(raw, 0, 1),
    // The transpose of the derivative would be zero beyond an edge, and what is there never come back.
    pullback: (cotangent, pictures) => tf.mul(cotangent, tf.sub(1, outward(cotangent, pictures))),
    invert: (value) => value,
  },
};

/** 1 where a number is at an edge and going down the gradient pushes it outward. */
function outward(cotangent: Tensor4D, pictures: Tensor4D): Tensor4D {
  const above = tf.mul(tf.step(tf.neg(cotangent)), tf.cast(tf.greaterEqual(pictures, 1), 'float32'));
  const below = tf.mul(tf.step(cotangent), tf.cast(tf.lessEqual(pictures, 0), 'float32'));
  return tf.add(above, below);
}

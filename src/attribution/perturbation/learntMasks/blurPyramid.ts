import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { blur } from '../../../image/blur.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';

/** Pictures blurred more and less: the most blurred ones, and what each further level adds to the one before. */
export interface BlurPyramid {
  /** `[b, h, w, c]` */
  readonly blurred: Tensor4D;
  /** `[b, h, w, c, levels − 1]` */
  readonly details: Tensor5D;
}

/** The pyramid of pictures with Gaussians from `sigma` down to 0, in even steps. */
export function blurPyramid(pictures: NdArray, { levels, sigma }: { levels: number; sigma: number }): BlurPyramid {
  const pyramid = Array.from({ length: levels }, (_, level) => {
    const { data, shape } = blur(pictures, sigma * (1 - level / (levels - 1)));
    return tf.tensor4d(data, shape as Tensor4D['shape']);
  });
  const details = pyramid.slice(1).map((picture, level) => tf.sub(picture, pyramid[level] as Tensor4D));
  return { blurred: pyramid[0] as Tensor4D, details: tf.stack(details, 4) as Tensor5D };
}

/** Pictures between the levels of their pyramid, `[b, h, w, c]`, and the pullback to the masks. */
export interface Blend {
  readonly pictures: Tensor4D;
  readonly pullback: (cotangent: Tensor) => Tensor3D;
}

/** Shows each pixel as sharp as its mask says: 0 at the most blurred level, 1 at the picture itself, linear between. */
export function blend({ blurred, details }: BlurPyramid, masks: Tensor3D): Blend {
  const last = details.shape[4] - 1;
  const depth = tf.mul(tf.reshape(masks, [...masks.shape, 1, 1]), last + 1);
  const parts = tf.clipByValue(tf.sub(depth, tf.range(0, last + 1)), 0, 1);
  return {
    pictures: tf.add(blurred, tf.sum(tf.mul(details, parts), 4)),
    pullback(cotangent) {
      // The detail that is being blended in: the first one at 0, the last one at 1.
      const current = tf.clipByValue(tf.floor(depth), 0, last);
      const only = tf.step(tf.sub(0.5, tf.abs(tf.sub(current, tf.range(0, last + 1)))));
      const slope = tf.mul(tf.sum(tf.mul(details, only), 4), last + 1);
      return tf.sum(tf.mul(slope, cotangent), 3);
    },
  };
}

import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { blurring } from '../../../image/blur.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Sliced } from '../../../numeric/sliced.ts';

/** Pictures blurred more and less: the most blurred ones, and what each further level adds to the one before. */
export interface BlurPyramid {
  /** `[b, h, w, c]` */
  readonly blurred: Tensor4D;
  /** `[b, h · w, c, levels − 1]`: the webgpu backend cannot multiply tensors of rank 5. */
  readonly details: Tensor4D;
}

/** Pictures blurred by Gaussians from `sigma` down to 0, in even steps. */
export function* blurLevels(
  pictures: NdArray,
  { levels, sigma }: { readonly levels: number; readonly sigma: number },
): Sliced<readonly NdArray[]> {
  const blurred: NdArray[] = [];
  for (let level = 0; level < levels; level++) {
    const own = sigma * (1 - level / (levels - 1));
    blurred.push(yield* blurring(pictures, [own, own]));
  }
  return blurred;
}

/** The pyramid of such pictures. */
export function blurPyramid(levels: readonly NdArray[]): BlurPyramid {
  const pyramid = levels.map(({ data, shape }) => tf.tensor4d(data, shape as Tensor4D['shape']));
  const details = pyramid.slice(1).map((picture, level) => tf.sub(picture, pyramid[level] as Tensor4D));
  const blurred = pyramid[0] as Tensor4D;
  const [count, rows, columns, channels] = blurred.shape;
  const rowless = details.map((detail) => tf.reshape(detail, [count, rows * columns, channels]));
  return { blurred, details: tf.stack(rowless, 3) as Tensor4D };
}

/** Pictures between the levels of their pyramid, `[b, h, w, c]`, and the pullback to the masks. */
export interface Blend {
  readonly pictures: Tensor4D;
  readonly pullback: (cotangent: Tensor) => Tensor3D;
}

/** Shows each pixel as sharp as its mask says: 0 at the most blurred level, 1 at the picture itself, linear between. */
export function blend({ blurred, details }: BlurPyramid, masks: Tensor3D): Blend {
  const last = details.shape[3] - 1;
  const levels = tf.range(0, last + 1);
  const [count, pixels] = details.shape;
  // Per pixel, in every channel, `[b, h · w, 1, levels − 1]` with the levels.
  const depth = tf.reshape(tf.mul(masks, last + 1), [count, pixels, 1, 1]);
  const summed = (perLevel: Tensor): Tensor => tf.reshape(tf.sum(tf.mul(details, perLevel), 3), blurred.shape);
  return {
    pictures: tf.add(blurred, summed(tf.clipByValue(tf.sub(depth, levels), 0, 1))),
    pullback(cotangent) {
      // The detail that is being blended in: the first one at 0, the last one at 1.
      const current = tf.clipByValue(tf.floor(depth), 0, last);
      const only = tf.step(tf.sub(0.5, tf.abs(tf.sub(current, levels))));
      return tf.sum(tf.mul(tf.mul(summed(only), last + 1), cotangent), 3);
    },
  };
}

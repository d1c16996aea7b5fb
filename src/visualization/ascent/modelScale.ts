import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type PixelScale, scaleOfChannels } from '../../image/pixelScale.ts';
import type { View } from '../transforms/transform.ts';

/** From pictures of 0 to 1 to what a network of so many channels takes, x = (255 p − mean) / std, and the way back of a gradient. */
export function modelScale(scale: PixelScale, channels: number): (pictures: Tensor4D) => View {
  const { mean, std, order } = scaleOfChannels(scale, channels);
  const factors = std.slice(0, channels).map((value) => 255 / value);
  const offsets = mean.slice(0, channels).map((value, i) => value / (std[i] as number));
  const turned = (pictures: Tensor4D): Tensor4D =>
    channels === 3 && order[0] === 2 ? tf.reverse(pictures, 3) : pictures;
  return (pictures) => ({
    pictures: tf.sub(tf.mul(turned(pictures), perChannel(factors)), perChannel(offsets)),
    pullback: (cotangent) => turned(tf.mul(cotangent, perChannel(factors))),
  });
}

/** One number for all channels where they are the same, which is faster. */
function perChannel(values: readonly number[]): Tensor {
  return values.every((value) => value === values[0]) ? tf.scalar(values[0] as number) : tf.tensor1d([...values]);
}

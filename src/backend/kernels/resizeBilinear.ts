import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

interface Options { readonly alignCorners: boolean; readonly halfPixelCenters: boolean }
export function resizeBilinear(x: Tensor4D, size: readonly [number, number], { alignCorners, halfPixelCenters }: Options): Tensor4D {
  return tf.image.resizeBilinear(x, [...size], alignCorners, halfPixelCenters);
}
export function resizeBilinearGradient(cotangent: Tensor4D, inputShape: readonly number[], { alignCorners, halfPixelCenters }: Options): Tensor4D {
  const size = [cotangent.shape[1], cotangent.shape[2]] as [number, number];
  return tf.grad((x) => tf.image.resizeBilinear(x as Tensor4D, size, alignCorners, halfPixelCenters))(tf.zeros([...inputShape]), cotangent) as Tensor4D;
}
export function resizeNearestGradient(cotangent: Tensor4D, inputShape: readonly number[], { alignCorners, halfPixelCenters }: Options): Tensor4D {
  const size = [cotangent.shape[1], cotangent.shape[2]] as [number, number];
  return tf.grad((x) => tf.image.resizeNearestNeighbor(x as Tensor4D, size, alignCorners, halfPixelCenters))(tf.zeros([...inputShape]), cotangent) as Tensor4D;
}

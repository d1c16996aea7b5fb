import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { separable } from '../separable.ts';

/** Where tfjs reads the pixels of a resized plane; not both. */
interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

type Resize = (x: Tensor4D, size: readonly [number, number]) => Tensor4D;

/** Bilinear resizing of `[n, rows, columns, channels]` to another size. */
export function resizeBilinear(x: Tensor4D, size: readonly [number, number], sampling: Sampling): Tensor4D {
  return tf.image.resizeBilinear(x, [...size], sampling.alignCorners, sampling.halfPixelCenters);
}

/**
 * The gradient of bilinear resizing. Reason: the stock gradient ignores `halfPixelCenters` on every backend.
 *
 * @param cotangent `[n, rows, columns, channels]`, of the resized shape
 * @param inputShape `[n, rows, columns, channels]`
 */
export function resizeBilinearGradient(
  cotangent: Tensor4D,
  inputShape: readonly number[],
  sampling: Sampling,
): Tensor4D {
  return resizeGradient(cotangent, inputShape, (x, size) => resizeBilinear(x, size, sampling));
}

/** The gradient of nearest-neighbour resizing, for the same reason. */
export function resizeNearestGradient(
  cotangent: Tensor4D,
  inputShape: readonly number[],
  { alignCorners, halfPixelCenters }: Sampling,
): Tensor4D {
  const factors = alignCorners ? undefined : exactFactors(cotangent.shape, inputShape);
  if (factors) return blockSums(cotangent, factors);
  return resizeGradient(cotangent, inputShape, (x, size) =>
    tf.image.resizeNearestNeighbor(x, [...size], alignCorners, halfPixelCenters),
  );
}

/** Whole up-sampling factors of a power of two: with these no rounding can move a nearest neighbour. */
function exactFactors(resized: readonly number[], size: readonly number[]): [number, number] | undefined {
  const factors = [1, 2].map((axis) => (resized[axis] as number) / (size[axis] as number));
  const exact = factors.every((factor) => factor >= 1 && Number.isInteger(Math.log2(factor)));
  return exact ? (factors as [number, number]) : undefined;
}

function blockSums(cotangent: Tensor4D, factors: [number, number]): Tensor4D {
  return tf.tidy(() => tf.mul(tf.avgPool(cotangent, factors, factors, 'valid'), factors[0] * factors[1]));
}

/** Resizing is y = R x Cᵀ per channel with a matrix for rows and one for columns, so that dx = Rᵀ dy C. */
function resizeGradient(cotangent: Tensor4D, inputShape: readonly number[], resize: Resize): Tensor4D {
  const [, tall, wide] = cotangent.shape;
  const [, rows, columns] = inputShape as Tensor4D['shape'];
  return tf.tidy(() =>
    separable(cotangent, {
      rows: interpolation(rows, tall, resize),
      columns: interpolation(columns, wide, resize),
    }),
  );
}

/**
 * The matrix `[resized, size]` along one axis: the resized unit vectors, which makes the gradient the transpose of
 * what this very backend computes, to the last rounding of its coordinates.
 */
function interpolation(size: number, resized: number, resize: Resize): Tensor2D {
  const units: Tensor4D = tf.reshape(tf.eye(size), [1, size, 1, size]);
  return tf.reshape(resize(units, [resized, 1]), [resized, size]);
}

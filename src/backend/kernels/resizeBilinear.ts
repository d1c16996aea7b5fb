import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** Where tfjs puts the centres of the pixels. */
interface Resampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Image planes in another size, by bilinear interpolation. */
export function resizeBilinear(x: Tensor4D, size: readonly [number, number], resampling: Resampling): Tensor4D {
  return tf.image.resizeBilinear(x, [...size], resampling.alignCorners, resampling.halfPixelCenters);
}

/** The transpose of `resizeBilinear`; tfjs's own takes no account of half-pixel centres. */
export function resizeBilinearGradient(cotangent: Tensor4D, inputShape: readonly number[], resampling: Resampling): Tensor4D {
  return transposed(cotangent, inputShape, (x, size) => resizeBilinear(x, size, resampling));
}

/** The transpose of `tf.image.resizeNearestNeighbor`; tfjs's own takes no account of half-pixel centres. */
export function resizeNearestGradient(cotangent: Tensor4D, inputShape: readonly number[], resampling: Resampling): Tensor4D {
  const { alignCorners, halfPixelCenters } = resampling;
  const factors = alignCorners ? undefined : exactFactors(cotangent.shape, inputShape);
  if (factors) return summedBlocks(cotangent, factors);
  return transposed(cotangent, inputShape, (x, size) =>
    tf.image.resizeNearestNeighbor(x, [...size], alignCorners, halfPixelCenters),
  );
}

type Resize = (x: Tensor4D, size: readonly [number, number]) => Tensor4D;

/** A resize is a matrix per axis, Y = R X Cᵀ; hence X̄ = Rᵀ Ȳ C. */
function transposed(cotangent: Tensor4D, inputShape: readonly number[], resize: Resize): Tensor4D {
  const [batch, rows, columns, channels] = inputShape as [number, number, number, number];
  const [, resizedRows, resizedColumns] = cotangent.shape;
  return tf.tidy(() => {
    const byRow = tf.reshape(cotangent, [batch, resizedRows, resizedColumns * channels]);
    const overRows = timesTranspose(resizeMatrix(rows, resizedRows, resize), byRow as Tensor3D);
    const byColumn = tf.reshape(overRows, [batch * rows, resizedColumns, channels]);
    const overColumns = timesTranspose(resizeMatrix(columns, resizedColumns, resize), byColumn as Tensor3D);
    return tf.reshape(overColumns, [batch, rows, columns, channels]) as Tensor4D;
  });
}

/** Resizing the unit vectors gives the matrix, [resized, size], with whatever rounding the backend's forward pass has. */
function resizeMatrix(size: number, resized: number, resize: Resize): Tensor {
  const unitVectors = tf.reshape(tf.eye(size), [1, size, 1, size]) as Tensor4D;
  return tf.reshape(resize(unitVectors, [resized, 1]), [resized, size]);
}

function timesTranspose(matrix: Tensor, planes: Tensor3D): Tensor {
  return tf.matMul(tf.expandDims(matrix, 0) as Tensor3D, planes, true, false);
}

/** Whole up-sampling factors of a power of two: with these no rounding can move a nearest neighbour. */
function exactFactors(resized: readonly number[], [, rows, columns]: readonly number[]): [number, number] | undefined {
  const factors = [(resized[1] as number) / (rows as number), (resized[2] as number) / (columns as number)];
  return factors.every((factor) => Number.isInteger(Math.log2(factor)) && factor >= 1) ? (factors as [number, number]) : undefined;
}

function summedBlocks(cotangent: Tensor4D, factors: [number, number]): Tensor4D {
  return tf.tidy(() => tf.mul(tf.avgPool(cotangent, factors, factors, 'valid'), factors[0] * factors[1]));
}

import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** A linear map of an axis as a matrix `[from, to]`: column `j` holds what output `j` is made of. */
export interface SeparableMap {
  readonly rows: Tensor2D;
  readonly columns: Tensor2D;
}

/**
 * One linear map of the rows and one of the columns, $R^T x C$ for each channel: resizing and blurring are such maps.
 * With both matrices transposed it is the exact gradient.
 *
 * @param x `[n, rows, columns, channels]`
 */
export function separable(x: Tensor4D, { rows, columns }: SeparableMap): Tensor4D {
  return tf.tidy(() => {
    const alongRows = alongLast(tf.transpose(x, [0, 2, 3, 1]), rows);
    const alongColumns = alongLast(tf.transpose(alongRows, [0, 3, 2, 1]), columns);
    return tf.transpose(alongColumns, [0, 1, 3, 2]);
  });
}

/** The gradient of {@link separable} with respect to x. */
export function separableGradient(cotangent: Tensor4D, { rows, columns }: SeparableMap): Tensor4D {
  return tf.tidy(() => separable(cotangent, { rows: tf.transpose(rows), columns: tf.transpose(columns) }));
}

/** `x · matrix` along the last axis. */
function alongLast(x: Tensor4D, matrix: Tensor2D): Tensor4D {
  const [length, width] = matrix.shape;
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, length]), matrix), [
    ...x.shape.slice(0, 3),
    width,
  ] as Tensor4D['shape']);
}

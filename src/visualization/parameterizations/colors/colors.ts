import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from '../../../backend/kernels/matrixProduct.ts';

/**
 * The square root of the covariance of colors of ImageNet, by columns luminance, red against blue, green against magenta;
 * divided by the largest norm of a column. Source: lucid (Olah et al. 2017).
 */
const ROOT: Matrix = [
  [0.26, 0.09, 0.02],
  [0.27, 0, -0.05],
  [0.27, -0.09, 0.03],
];

type Matrix = readonly (readonly number[])[];

const NORM = Math.max(...[0, 1, 2].map((column) => Math.hypot(...ROOT.map((row) => row[column] as number))));

/** Row i is what color i is made of. */
export const colorMatrix: Matrix = ROOT.map((row) => row.map((value) => value / NORM));

/** Row i is what decorrelated color i is made of. */
export const inverseColorMatrix: Matrix = inverseOf(colorMatrix);

/** The matrix as the tensor that {@link mixed} takes. */
export function colorTable(): tf.Tensor2D {
  return tf.tensor2d(colorMatrix.flat(), [3, 3]);
}

/** Decorrelated colors in the last axis become red, green and blue; `'back'` is the transpose of this, no inverse. */
export function mixed(x: Tensor4D, table: tf.Tensor, direction: 'forward' | 'back'): Tensor4D {
  const rows = tf.reshape(x, [-1, 3]);
  return tf.reshape(matrixProduct(rows, table, { transposeB: direction === 'forward' }), x.shape);
}

/** Each three numbers that follow each other times a matrix. */
export function timesMatrix(values: Float32Array, matrix: Matrix): Float32Array {
  const out = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += 3) {
    const [r, g, b] = [values[at] as number, values[at + 1] as number, values[at + 2] as number];
    for (let i = 0; i < 3; i++) {
      const [x, y, z] = matrix[i] as readonly [number, number, number];
      out[at + i] = x * r + y * g + z * b;
    }
  }
  return out;
}

/** By cofactors. */
function inverseOf(matrix: Matrix): Matrix {
  const at = (row: number, column: number): number => matrix[row % 3]?.[column % 3] as number;
  const cofactor = (row: number, column: number): number =>
    at(row + 1, column + 1) * at(row + 2, column + 2) - at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, column) => sum + at(0, column) * cofactor(0, column), 0);
  return [0, 1, 2].map((row) => [0, 1, 2].map((column) => cofactor(column, row) / determinant));
}

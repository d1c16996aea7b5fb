import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../numeric/ndarray.ts';
import { bySimd } from './simd/simd.ts';

/** Which of two matrices is read with its rows and columns exchanged. */
export interface Transposed {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * The product of two matrices, or of as many as both have in their leading axes, or of one with many. Reason: wasm's own
 * kernel computes a product with a transposed matrix in loops over single numbers, and prepares each of many anew.
 */
export function matrixProduct(a: Tensor, b: Tensor, transposed: Transposed = {}): Tensor {
  const { transposeA = false, transposeB = false } = transposed;
  return simdMatrixProduct(a, b, transposed) ?? tf.matMul(a, b, transposeA, transposeB);
}

/** The same by SIMD kernels; undefined where tfjs shall do it. */
export function simdMatrixProduct(a: Tensor, b: Tensor, transposed: Transposed): Tensor | undefined {
  const { transposeA = false, transposeB = false } = transposed;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = sizeOf(outer);
  const first = matricesOf(a, transposeA, batch);
  const second = matricesOf(b, transposeB, batch);
  if (!first || !second || a.size * b.size === 0) return undefined;
  const { rows, columns: inner } = first;
  const { columns } = second;
  return bySimd([a, b], [...outer, rows, columns], ({ kernels, at, result, scratch }) => {
    const room = scratch(4 * ((columns + 8) * (inner + 1) + 4 * inner + 8));
    kernels.multiplyMatrices(...at, result, ...room, batch, rows, inner, columns, ...first.steps, ...second.steps);
  });
}

interface Matrices {
  readonly rows: number;
  readonly columns: number;
  /** How many numbers lie from one matrix, row and column to the next. */
  readonly steps: readonly [number, number, number];
}

/** One matrix for all products, or one for each; undefined where some share one. */
function matricesOf({ shape, size }: Tensor, isTransposed: boolean, batch: number): Matrices | undefined {
  const [high, wide] = shape.slice(-2) as [number, number];
  const count = size / (high * wide);
  if (count !== 1 && count !== batch) return undefined;
  const step = count === 1 ? 0 : high * wide;
  return isTransposed
    ? { rows: wide, columns: high, steps: [step, 1, wide] }
    : { rows: high, columns: wide, steps: [step, wide, 1] };
}

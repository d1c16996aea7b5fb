import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../numeric/ndarray.ts';
import { bySimd } from '../kernels/simd/simd.ts';
import type { Compute } from './trainingKernel.ts';

/**
 * tfjs's kernel `BatchMatMul`, where a matrix is transposed, as the gradients of dense layers have it, or there are many:
 * wasm's own does the first in loops over single numbers, and prepares each product of the second anew. All else it
 * leaves to the kernel that it replaces.
 */
export const matMulKernel: Compute = (parameters, replaced) => {
  const { transposeA, transposeB } = parameters.attrs as unknown as Transposed;
  const [a, b] = [parameters.inputs['a'] as Tensor, parameters.inputs['b'] as Tensor];
  const product = transposeA || transposeB || a.rank > 2 ? inSimd(a, b, { transposeA, transposeB }) : undefined;
  return product ?? replaced?.kernelFunc(parameters) ?? [];
};

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function inSimd(a: Tensor, b: Tensor, { transposeA, transposeB }: Transposed): Tensor | undefined {
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

import type { Tensor } from '@tensorflow/tfjs-core';
import { simdMatrixProduct, type Transposed } from '../kernels/matrixProduct.ts';
import type { Compute } from './trainingKernel.ts';

/**
 * tfjs's kernel `BatchMatMul`, where a matrix is transposed, as the gradients of dense layers have it, or there are many:
 * wasm's own does the first in loops over single numbers, and prepares each product of the second anew. All else it
 * leaves to the kernel that it replaces.
 */
export const matMulKernel: Compute = (parameters, replaced) => {
  const { transposeA = false, transposeB = false } = parameters.attrs as unknown as Transposed;
  const [a, b] = [parameters.inputs['a'] as Tensor, parameters.inputs['b'] as Tensor];
  const product =
    transposeA || transposeB || a.rank > 2 ? simdMatrixProduct(a, b, { transposeA, transposeB }) : undefined;
  return product ?? replaced?.kernelFunc(parameters) ?? [];
};

import { determinant, Matrix, QrDecomposition } from 'ml-matrix';
import type { NdArray } from './ndarray.ts';
import type { Random } from './random.ts';

/**
 * A random rotation of n dimensions, `[n, n]`, all equally likely (Haar's measure on SO(n)).
 *
 * It is the Q of the QR decomposition of a matrix of normal numbers, with the signs that make the diagonal of R
 * positive; a Q of determinant −1 has its first row turned round.
 *
 * Source: Mezzadri 2007, "How to generate random matrices from the classical compact groups", §5.
 */
export function haarRotation(n: number, { normal }: Pick<Random, 'normal'>): NdArray<Float64Array> {
  const gaussian = Matrix.from1DArray(n, n, Float64Array.from({ length: n * n }, normal));
  const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(gaussian);
  const rotation = orthogonalMatrix.mulRowVector(upperTriangularMatrix.diagonal().map(Math.sign));
  if (determinant(rotation) < 0) rotation.mulRow(0, -1);
  return { shape: [n, n], data: Float64Array.from(rotation.to1DArray()) };
}

import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { assertArray, assertFiniteArray } from './check.ts';
import type { NdArray } from './ndarray.ts';

/** The strongest direction in the rows of a matrix. */
export interface LeadingComponent {
  /** The first right singular vector, of unit length, one number per column; zeros where all rows are zero. */
  readonly direction: Float64Array;
  /** Each row (centred if asked) projected on the direction. */
  readonly projection: Float64Array;
  /** All singular values, descending; small ones are exact to about 1e-8 of the largest. */
  readonly singularValues: Float64Array;
}

/**
 * The first right singular vector $v_1$ of a matrix $A$ and the projection $A v_1$ of its rows.
 *
 * The sign, which a singular vector leaves open, makes the projection of the rows before centring sum to zero or more.
 * The vector comes from the smaller of $A A^T$ and $A^T A$, so that one long side costs little.
 *
 * @param matrix `[rows, columns]`.
 * @param options `center` subtracts the mean of each column first.
 * @throws RangeError if the matrix is not of rank 2 or not finite.
 */
export function leadingComponent(
  matrix: NdArray<Float32Array | Float64Array>,
  { center = false }: { readonly center?: boolean } = {},
): LeadingComponent {
  assertArray('matrix', matrix, [2]);
  assertFiniteArray('matrix', matrix);
  const [rows, columns] = matrix.shape as readonly [number, number];
  const given = Matrix.from1DArray(rows, columns, matrix.data);
  const used = center ? given.clone().center('column') : given;
  const { direction, singularValues } = rows < columns ? fromRows(used) : fromColumns(used);
  // What centring leaves of equal rows is rounding and has no direction.
  const found = (singularValues[0] as number) > 1e-12 * given.norm();
  direction.mul(found ? (given.mmul(direction).sum() < 0 ? -1 : 1) : 0);
  return {
    direction: Float64Array.from(direction.getColumn(0)),
    projection: Float64Array.from(used.mmul(direction).getColumn(0)),
    singularValues,
  };
}

interface Decomposition {
  readonly direction: Matrix;
  readonly singularValues: Float64Array;
}

function fromColumns(matrix: Matrix): Decomposition {
  const { vector, singularValues } = leadingEigenvector(matrix.transpose().mmul(matrix));
  return { direction: vector, singularValues };
}

function fromRows(matrix: Matrix): Decomposition {
  const { vector, singularValues } = leadingEigenvector(matrix.mmul(matrix.transpose()));
  const direction = matrix.transpose().mmul(vector);
  const length = direction.norm();
  return { direction: length === 0 ? direction : direction.div(length), singularValues };
}

function leadingEigenvector(gram: Matrix): { vector: Matrix; singularValues: Float64Array } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const leading = realEigenvalues.indexOf(Math.max(...realEigenvalues));
  return {
    vector: eigenvectorMatrix.getColumnVector(leading),
    singularValues: Float64Array.from(realEigenvalues, (value) => Math.sqrt(Math.max(value, 0)))
      .sort()
      .reverse(),
  };
}

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
  const given: Table = { rows, columns, data: matrix.data };
  const used = center ? centred(given) : given;
  const { vector, singularValues } = leadingEigenvector(rows < columns ? rowGram(used) : columnGram(used));
  const direction = rows < columns ? unit(timesTransposed(used, vector)) : vector;
  // What centring leaves of equal rows is rounding and has no direction.
  const found = (singularValues[0] as number) > 1e-12 * norm(given.data);
  const sign = sum(times(given, direction)) < 0 ? -1 : 1;
  const signed = direction.map((value) => (found ? sign * value : 0));
  return { direction: signed, projection: times(used, signed), singularValues };
}

interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

function centred({ rows, columns, data }: Table): Table {
  const means = timesTransposed({ rows, columns, data }, new Float64Array(rows).fill(1 / rows));
  return { rows, columns, data: Float64Array.from(data, (value, i) => value - (means[i % columns] as number)) };
}

// A A^T.
function rowGram({ rows, columns, data }: Table): Matrix {
  const gram = Matrix.zeros(rows, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < columns; k++)
        product += (data[i * columns + k] as number) * (data[j * columns + k] as number);
      gram.set(i, j, product).set(j, i, product);
    }
  }
  return gram;
}

// A^T A: the upper half row by row, and its mirror image.
function columnGram({ rows, columns, data }: Table): Matrix {
  const gram = new Float64Array(columns * columns);
  for (let start = 0; start < rows * columns; start += columns) {
    for (let i = 0; i < columns; i++) {
      const value = data[start + i] as number;
      for (let j = i; j < columns; j++) gram[i * columns + j]! += value * (data[start + j] as number);
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < i; j++) gram[i * columns + j] = gram[j * columns + i] as number;
  }
  return Matrix.from1DArray(columns, columns, gram);
}

function leadingEigenvector(gram: Matrix): { vector: Float64Array; singularValues: Float64Array } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const leading = realEigenvalues.indexOf(Math.max(...realEigenvalues));
  const singularValues = Float64Array.from(realEigenvalues, (value) => Math.sqrt(Math.max(value, 0)));
  return {
    vector: Float64Array.from(eigenvectorMatrix.getColumn(leading)),
    singularValues: singularValues.sort().reverse(),
  };
}

function times({ rows, columns, data }: Table, vector: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < data.length; i++) {
    out[Math.floor(i / columns)]! += (data[i] as number) * (vector[i % columns] as number);
  }
  return out;
}

function timesTransposed({ columns, data }: Table, vector: Float64Array): Float64Array {
  const out = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) {
    out[i % columns]! += (data[i] as number) * (vector[Math.floor(i / columns)] as number);
  }
  return out;
}

function unit(vector: Float64Array): Float64Array {
  const length = norm(vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

function norm(values: Float32Array | Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

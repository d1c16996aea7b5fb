import { assertArray, assertFiniteArray } from '../check.ts';
import type { NdArray } from '../ndarray.ts';
import { random } from '../random.ts';
import { forEachOf, type Sliced } from '../sliced.ts';
import { tridiagonalMaximum } from './tridiagonalMaximum.ts';
import { dot, norm } from './vectors.ts';

/** The strongest direction in the rows of a matrix. */
export interface LeadingComponent {
  /** The first right singular vector, of unit length, one number per column; zeros where all rows are zero. */
  readonly direction: Float64Array;
  /** Each row (centred if asked) projected on the direction. */
  readonly projection: Float64Array;
}

/** Of the greatest eigenvalue: what a step may leave of A^T A v − λ v. */
const ENOUGH = 1e-13;

/**
 * The first right singular vector $v_1$ of a matrix $A$ and the projection $A v_1$ of its rows.
 *
 * The sign, which a singular vector leaves open, makes the projection of the rows before centring sum to zero or more.
 * The vector is found by Lanczos' method for $A^T A$, which takes some tens of products of the matrix with a vector.
 *
 * Source: Golub and Van Loan 2013, "Matrix Computations", §10.1, with all vectors made orthogonal again.
 *
 * @param matrix `[rows, columns]`.
 * @param options `center` subtracts the mean of each column first.
 * @throws {VitrineError} if the matrix is not of rank 2 or not finite.
 */
export function* leadingComponent(
  matrix: NdArray<Float32Array | Float64Array>,
  { center = false }: { readonly center?: boolean } = {},
): Sliced<LeadingComponent> {
  assertArray('matrix', matrix, [2]);
  assertFiniteArray('matrix', matrix);
  const [rows, columns] = matrix.shape as readonly [number, number];
  const given: Table = { rows, columns, data: matrix.data };
  const used = center ? yield* centred(given) : given;
  const direction = yield* leadingDirection(used, 1e-12 * norm(given.data));
  const projected = yield* times(given, direction);
  const sign = projected.reduce((total, value) => total + value, 0) < 0 ? -1 : 1;
  const signed = direction.map((value) => sign * value);
  return { direction: signed, projection: yield* times(used, signed) };
}

interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

function* centred({ rows, columns, data }: Table): Sliced<Table> {
  const means = yield* timesTransposed({ rows, columns, data }, new Float64Array(rows).fill(1 / rows));
  const out = new Float64Array(data.length);
  yield* forEachOf(rows, columns, (row) => {
    for (let i = 0, at = row * columns; i < columns; i++, at++) out[at] = (data[at] as number) - (means[i] as number);
  });
  return { rows, columns, data: out };
}

/** Zeros for a matrix whose singular values are below `nothing`: what centring leaves of equal rows is rounding. */
function* leadingDirection(table: Table, nothing: number): Sliced<Float64Array> {
  const { normal } = random(0);
  const start = yield* timesTransposed(table, Float64Array.from({ length: table.rows }, normal));
  const basis: Float64Array[] = [];
  const [diagonal, beside]: [number[], number[]] = [[], []];
  let [next, length] = [start, norm(start)];
  for (;;) {
    const latest = next.map((value) => value / length);
    next = yield* timesTransposed(table, yield* times(table, latest));
    diagonal.push(dot(next, latest));
    basis.push(latest);
    // Twice is enough, Kahan and Parlett.
    for (const vector of [...basis, ...basis]) takeAway(vector, next);
    yield 4 * basis.length * table.columns;
    length = norm(next);
    const { value, vector } = tridiagonalMaximum(diagonal, beside);
    if (!(Math.sqrt(Math.max(value, 0)) > nothing)) return new Float64Array(table.columns);
    const isFull = basis.length === Math.min(table.rows, table.columns);
    if (isFull || !(length * Math.abs(vector.at(-1) as number) > ENOUGH * value)) return combined(basis, vector);
    beside.push(length);
  }
}

function combined(basis: readonly Float64Array[], shares: Float64Array): Float64Array {
  const out = new Float64Array((basis[0] as Float64Array).length);
  basis.forEach((vector, k) => {
    for (let i = 0; i < out.length; i++) out[i]! += (shares[k] as number) * (vector[i] as number);
  });
  const length = norm(out);
  return out.map((value) => value / length);
}

/** Makes a vector orthogonal to another one of unit length. */
function takeAway(direction: Float64Array, vector: Float64Array): void {
  const share = dot(direction, vector);
  for (let i = 0; i < vector.length; i++) vector[i]! -= share * (direction[i] as number);
}

function* times({ rows, columns, data }: Table, vector: Float64Array): Sliced<Float64Array> {
  const out = new Float64Array(rows);
  yield* forEachOf(rows, columns, (row) => {
    let sum = 0;
    for (let i = 0, at = row * columns; i < columns; i++, at++) sum += (data[at] as number) * (vector[i] as number);
    out[row] = sum;
  });
  return out;
}

function* timesTransposed({ rows, columns, data }: Table, vector: Float64Array): Sliced<Float64Array> {
  const out = new Float64Array(columns);
  yield* forEachOf(rows, columns, (row) => {
    const share = vector[row] as number;
    for (let i = 0, at = row * columns; i < columns; i++, at++) out[i]! += share * (data[at] as number);
  });
  return out;
}

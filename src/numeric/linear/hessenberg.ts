import type { Sliced } from '../sliced.ts';
import { reflectColumns, reflector, reflectRows } from './reflections.ts';

/** A matrix in an orthogonal basis of its own, $B A B^T$. */
export interface Reduction {
  readonly n: number;
  /** The matrix in this basis, `[n × n]`. */
  readonly blocks: Float64Array;
  /** The vectors of the basis, row by row, `[n × n]`. */
  readonly basis: Float64Array;
}

/**
 * A matrix in a basis in which all is zero that is more than one place below the diagonal; of a symmetric one what is
 * more than one place above it is rounding.
 *
 * Source: Golub and Van Loan 2013, "Matrix Computations", Algorithm 7.4.2.
 *
 * @param matrix `[n × n]`.
 */
export function* hessenberg(matrix: Float64Array, n: number): Sliced<Reduction> {
  const blocks = matrix.slice();
  const basis = identity(n);
  for (let column = 0; column < n - 2; column++) {
    const from = column + 1;
    const normal = reflector(
      Float64Array.from({ length: n - from }, (_, i) => blocks[(from + i) * n + column] as number),
    );
    reflectRows(blocks, n, { normal, from, columns: [column, n] });
    yield 4 * normal.length ** 2;
    reflectColumns(blocks, n, { normal, from, rows: [0, n] });
    yield 4 * n * normal.length;
    reflectRows(basis, n, { normal, from, columns: [0, n] });
    yield 4 * n * normal.length;
  }
  return { n, blocks, basis };
}

/** `[n × n]`, row by row. */
export function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
}

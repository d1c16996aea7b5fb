import { VitrineError } from '../errors.ts';
import type { Sliced } from '../sliced.ts';
import { hessenberg } from './hessenberg.ts';

/** Eigenvalues, in no order, and eigenvectors of unit length. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** The vector of value i is row i, `[n × n]`. */
  readonly vectors: Float64Array;
}

/** A tridiagonal matrix and the basis in which another one is that. */
interface Tridiagonal {
  readonly n: number;
  readonly diagonal: Float64Array;
  /** What is below the diagonal, and a zero. */
  readonly beside: Float64Array;
  readonly basis: Float64Array;
  /** What is rounding beside the diagonal. */
  readonly negligible: number;
}

/** Steps for an eigenvalue, of which there are two as a rule. */
const LIMIT = 100;

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, by the QL algorithm with implicit shifts.
 *
 * Source: Golub and Van Loan 2013, "Matrix Computations", §8.3; EISPACK's `imtql2`.
 *
 * @param matrix `[n × n]`, row by row.
 * @throws {VitrineError} if the steps do not come to an end, as with numbers that are not finite.
 */
export function* symmetricEigen(matrix: Float64Array, n: number): Sliced<SymmetricEigen> {
  const { blocks, basis } = yield* hessenberg(matrix, n);
  const diagonal = Float64Array.from({ length: n }, (_, i) => blocks[i * (n + 1)] as number);
  const beside = Float64Array.from({ length: n }, (_, i) => blocks[(i + 1) * (n + 1) - 1] ?? 0);
  const greatest = [...diagonal, ...beside].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const tridiagonal: Tridiagonal = { n, diagonal, beside, basis, negligible: Number.EPSILON * greatest };
  for (let first = 0; first < n; first++) {
    for (let steps = 0; ; steps++) {
      const last = blockEnd(tridiagonal, first);
      if (last === first) break;
      if (steps === LIMIT) throw new VitrineError('failed', `no eigenvalue of the matrix after ${LIMIT} steps`);
      yield* step(tridiagonal, first, last);
    }
  }
  return { values: diagonal, vectors: basis };
}

/** The last row of the block that begins at a row. */
function blockEnd({ n, beside, negligible }: Tridiagonal, first: number): number {
  let last = first;
  while (last < n - 1 && !(Math.abs(beside[last] as number) <= negligible)) last++;
  return last;
}

/** One step on a block: rotations of neighbouring rows, from the last to the first. */
function* step({ n, diagonal, beside, basis }: Tridiagonal, first: number, last: number): Sliced<void> {
  let [sine, cosine, moved] = [1, 1, 0];
  let bulge = shifted({ diagonal, beside }, first, last);
  for (let row = last - 1; row >= first; row--) {
    const [far, near] = [sine * (beside[row] as number), cosine * (beside[row] as number)];
    const length = Math.hypot(far, bulge);
    beside[row + 1] = length;
    if (length === 0) {
      diagonal[row + 1]! -= moved;
      beside[last] = 0;
      return;
    }
    [sine, cosine] = [far / length, bulge / length];
    const below = (diagonal[row + 1] as number) - moved;
    const turned = ((diagonal[row] as number) - below) * sine + 2 * cosine * near;
    moved = sine * turned;
    diagonal[row + 1] = below + moved;
    bulge = cosine * turned - near;
    rotate(basis, { row, n, sine, cosine });
    yield 4 * n;
  }
  diagonal[first]! -= moved;
  beside[first] = bulge;
  beside[last] = 0;
}

/** The last element of the diagonal less the eigenvalue of the first two rows that is nearer to the first one. */
function shifted({ diagonal, beside }: Pick<Tridiagonal, 'diagonal' | 'beside'>, first: number, last: number): number {
  const [own, next, between] = [diagonal[first], diagonal[first + 1], beside[first]] as [number, number, number];
  const half = (next - own) / (2 * between);
  return (diagonal[last] as number) - own + between / (half + (half < 0 ? -1 : 1) * Math.hypot(half, 1));
}

function rotate(
  basis: Float64Array,
  {
    row,
    n,
    sine,
    cosine,
  }: { readonly row: number; readonly n: number; readonly sine: number; readonly cosine: number },
): void {
  for (let at = row * n, end = at + n; at < end; at++) {
    const [one, other] = [basis[at] as number, basis[at + n] as number];
    basis[at + n] = sine * one + cosine * other;
    basis[at] = cosine * one - sine * other;
  }
}

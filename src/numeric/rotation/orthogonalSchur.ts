import { VitrineError } from '../errors.ts';
import { hessenberg, type Reduction } from '../linear/hessenberg.ts';
import { reflectColumns, reflector, reflectRows, type Window } from '../linear/reflections.ts';
import type { Sliced } from '../sliced.ts';

/** Blocks on the diagonal of what an orthogonal matrix is in a basis of its own. */
export interface OrthogonalSchur {
  /** The vectors of the basis, row by row, `[n × n]`. */
  readonly basis: Float64Array;
  /** The matrix in this basis, `[n × n]`: blocks of one or two rows on its diagonal, zeros elsewhere. */
  readonly blocks: Float64Array;
  /** The first row of each block, in descending order. */
  readonly starts: readonly number[];
}

/** What is zero in rows of length 1: a few times what a reflection of them is rounded by. */
const NEGLIGIBLE = 2 ** -49;

/** Shifts that go round in circles are replaced after so many steps. */
const PATIENCE = 10;

/** The steps for a block, of which there are two or three as a rule. */
const LIMIT = 200;

/**
 * The real Schur form $B Q B^T$ of an orthogonal matrix, by Francis' QR algorithm with double shifts.
 *
 * A Schur form is triangular but for blocks of two rows, and one that is orthogonal is zero beside its blocks. It is
 * found to rounding whatever the eigenvalues are, also where several are equal or nearly so.
 *
 * Source: Golub and Van Loan 2013, "Matrix Computations", §7.4 and §7.5.
 *
 * @param matrix `[n × n]`, orthogonal.
 * @throws {VitrineError} if the steps do not come to an end, which is not known to happen.
 */
export function* orthogonalSchur(matrix: Float64Array, n: number): Sliced<OrthogonalSchur> {
  const schur = yield* hessenberg(matrix, n);
  const starts: number[] = [];
  for (let end = n, steps = 0; end > 0; ) {
    const start = windowStart(schur, end);
    if (end - start > 2) {
      if (++steps > LIMIT)
        throw new VitrineError('failed', `no Schur form of the matrix after ${LIMIT} steps for one block`);
      yield* francisStep(schur, [start, end], shiftsOf(schur, end, steps));
      continue;
    }
    starts.push(start);
    [end, steps] = [start, 0];
  }
  return { ...schur, starts };
}

/** Where the last window begins that is not yet cut off from what is before it; cuts it off. */
function windowStart({ n, blocks }: Reduction, end: number): number {
  let start = end - 1;
  while (start > 0 && Math.abs(at(blocks, start * n + start - 1)) > NEGLIGIBLE) start--;
  if (start > 0) blocks[start * n + start - 1] = 0;
  return start;
}

/** Two shifts, as the eigenvalues of a matrix of two rows. */
interface Shifts {
  readonly diagonal: readonly [number, number];
  /** The product of what is beside the diagonal. */
  readonly beside: number;
}

/**
 * The eigenvalues of the last two rows, or twice the nearer one to the last row where they are real: +1 and −1 together
 * would leave nothing of a matrix that has only such. Now and then others of modulus 1.
 */
function shiftsOf({ n, blocks }: Reduction, end: number, steps: number): Shifts {
  if (steps % PATIENCE === 0) {
    return { diagonal: [Math.cos(steps), Math.cos(steps)], beside: -(Math.sin(steps) ** 2) };
  }
  const place = (end - 1) * (n + 1);
  const [first, last] = [at(blocks, place - n - 1), at(blocks, place)];
  const beside = at(blocks, place - n) * at(blocks, place - 1);
  const half = (first - last) / 2;
  const square = half ** 2 + beside;
  if (square < 0) return { diagonal: [first, last], beside };
  const shift = last + half - (half < 0 ? -1 : 1) * Math.sqrt(square);
  return { diagonal: [shift, shift], beside: 0 };
}

/** One step on a window, with the bulge that the shifts make chased down to its end. What lies beside it is zero. */
function* francisStep(
  { n, blocks, basis }: Reduction,
  [start, end]: Window,
  { diagonal: [a, d], beside }: Shifts,
): Sliced<void> {
  const entry = (row: number, column: number): number => at(blocks, (start + row) * n + start + column);
  // Differences of what may all be near 1 come before products, so that the smallest angles are still seen.
  const [left, right] = [a - entry(0, 0), d - entry(0, 0)];
  let bulge = Float64Array.of(
    (left * right - beside) / entry(1, 0) + entry(0, 1),
    entry(1, 1) - entry(0, 0) - left - right,
    entry(2, 1),
  );
  for (let from = start; from < end - 1; from++) {
    const normal = reflector(bulge);
    reflectRows(blocks, n, { normal, from, columns: [Math.max(from - 1, start), end] });
    reflectColumns(blocks, n, { normal, from, rows: [start, Math.min(from + 4, end)] });
    reflectRows(basis, n, { normal, from, columns: [0, n] });
    yield 4 * normal.length * (n + end - start);
    const below = Math.min(3, end - from - 1);
    bulge = Float64Array.from({ length: below }, (_, i) => at(blocks, (from + 1 + i) * n + from));
  }
}

function at(values: Float64Array, place: number): number {
  return values[place] as number;
}

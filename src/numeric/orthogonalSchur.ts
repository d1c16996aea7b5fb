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
 * @throws {Error} if the steps do not come to an end, which is not known to happen.
 */
export function orthogonalSchur(matrix: Float64Array, n: number): OrthogonalSchur {
  const schur: Reduction = { n, blocks: matrix.slice(), basis: identity(n) };
  reduceToHessenberg(schur);
  const starts: number[] = [];
  for (let end = n, steps = 0; end > 0; ) {
    const start = windowStart(schur, end);
    if (end - start > 2) {
      if (++steps > LIMIT) throw new Error(`no Schur form of the matrix after ${LIMIT} steps for one block`);
      francisStep(schur, [start, end], shiftsOf(schur, end, steps));
      continue;
    }
    starts.push(start);
    [end, steps] = [start, 0];
  }
  return { ...schur, starts };
}

interface Reduction {
  readonly n: number;
  readonly blocks: Float64Array;
  readonly basis: Float64Array;
}

type Window = readonly [start: number, end: number];

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
}

/** Makes all zero that is more than one place below the diagonal. */
function reduceToHessenberg({ n, blocks, basis }: Reduction): void {
  for (let column = 0; column < n - 2; column++) {
    const from = column + 1;
    const normal = reflector(Float64Array.from({ length: n - from }, (_, i) => at(blocks, (from + i) * n + column)));
    reflectRows(blocks, n, { normal, from, columns: [column, n] });
    reflectColumns(blocks, n, { normal, from, rows: [0, n] });
    reflectRows(basis, n, { normal, from, columns: [0, n] });
  }
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
function francisStep(
  { n, blocks, basis }: Reduction,
  [start, end]: Window,
  { diagonal: [a, d], beside }: Shifts,
): void {
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
    const below = Math.min(3, end - from - 1);
    bulge = Float64Array.from({ length: below }, (_, i) => at(blocks, (from + 1 + i) * n + from));
  }
}

/** The unit vector whose reflection turns a vector into the direction of the first axis; zeros for no vector. */
function reflector(vector: Float64Array): Float64Array {
  const length = lengthOf(vector);
  if (length === 0) return vector;
  const normal = vector.map((value) => value / length);
  normal[0] = at(normal, 0) + (at(normal, 0) < 0 ? -1 : 1);
  const scale = lengthOf(normal);
  return normal.map((value) => value / scale);
}

function lengthOf(vector: Float64Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}

/** Reflects columns of a matrix, in the rows from `from` on. */
function reflectRows(
  matrix: Float64Array,
  n: number,
  { normal, from, columns: [left, right] }: { normal: Float64Array; from: number; columns: Window },
): void {
  const along = new Float64Array(right - left);
  for (let i = 0; i < normal.length; i++) {
    const row = (from + i) * n + left;
    const weight = at(normal, i);
    for (let j = 0; j < along.length; j++) along[j]! += weight * at(matrix, row + j);
  }
  for (let i = 0; i < normal.length; i++) {
    const row = (from + i) * n + left;
    const weight = 2 * at(normal, i);
    for (let j = 0; j < along.length; j++) matrix[row + j]! -= weight * at(along, j);
  }
}

/** Reflects rows of a matrix, in the columns from `from` on. */
function reflectColumns(
  matrix: Float64Array,
  n: number,
  { normal, from, rows: [top, bottom] }: { normal: Float64Array; from: number; rows: Window },
): void {
  for (let row = top; row < bottom; row++) {
    const place = row * n + from;
    let along = 0;
    for (let i = 0; i < normal.length; i++) along += at(normal, i) * at(matrix, place + i);
    for (let i = 0; i < normal.length; i++) matrix[place + i]! -= 2 * along * at(normal, i);
  }
}

function at(values: Float64Array, place: number): number {
  return values[place] as number;
}

import type { Random } from '../random.ts';
import { forEachOf, type Sliced } from '../sliced.ts';
import { gramOf, type Matrix, times, transposedTimes } from './factorProducts.ts';

/** Two matrices without negative numbers whose product $W H$ is near to a third. */
export interface Factors {
  /** W, `[rows × count]`. */
  readonly weights: Float64Array;
  /** H with its axes exchanged, `[columns × count]`. */
  readonly parts: Float64Array;
  readonly count: number;
}

/** Factors and how they came to be. */
export interface FoundFactors extends Factors {
  /** $\|V - W H\|_F$ before and after each step, `[steps + 1]`. */
  readonly errors: Float64Array;
}

/** How factors are sought. */
export interface FactorSearch {
  /** The number of steps. */
  readonly steps: number;
  /** Called after each step. */
  readonly onStep?: (step: number) => void;
}

/** Kept from zero: the denominator of a part that nothing needs. */
const TINY = 1e-12;

/**
 * Non-negative matrix factorization by multiplicative updates, parts first,
 *
 * $$ H \leftarrow H \circ \frac{W^T V}{W^T W H + \epsilon}, \qquad W \leftarrow W \circ \frac{V H^T}{W H H^T + \epsilon}, $$
 *
 * none of which raises $\|V - W H\|_F$ (Lee and Seung 2001, Eq. (4) and theorem 1).
 */
export function* multiplicativeFactors(
  matrix: Matrix,
  start: Factors,
  { steps, onStep }: FactorSearch,
): Sliced<FoundFactors> {
  const { count } = start;
  const [weights, parts] = [start.weights.slice(), start.parts.slice()];
  const errors = new Float64Array(steps + 1);
  const square = yield* squareOf(matrix);
  for (let step = 0; ; step++) {
    const byParts = yield* transposedTimes(matrix, weights, count);
    const gram = yield* gramOf(weights, count);
    errors[step] = yield* errorOf({ square, byParts, gram }, parts, count);
    if (step === steps) return { weights, parts, count, errors };
    yield* scale(parts, { by: byParts, gram, count });
    yield* scale(weights, { by: yield* times(matrix, parts, count), gram: yield* gramOf(parts, count), count });
    onStep?.(step);
  }
}

/** A start for factors of a matrix, uniform between 0 and twice what makes their product as large as the matrix. */
export function randomFactors({ rows, columns, values }: Matrix, count: number, { uniform }: Random): Factors {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  const most = 2 * Math.sqrt(sum / values.length / count);
  // 1 − u is never 0, from which no factor would move it.
  const drawn = (length: number): Float64Array => Float64Array.from({ length }, () => most * (1 - uniform()));
  return { weights: drawn(rows * count), parts: drawn(columns * count), count };
}

function* squareOf({ rows, columns, values }: Matrix): Sliced<number> {
  let sum = 0;
  yield* forEachOf(rows, columns, (row) => {
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += (values[at] as number) ** 2;
  });
  return sum;
}

/** One multiplicative update of a factor. */
function* scale(
  factor: Float64Array,
  { by, gram, count }: { readonly by: Float64Array; readonly gram: Float64Array; readonly count: number },
): Sliced<void> {
  const next = new Float64Array(count);
  yield* forEachOf(factor.length / count, count * count, (row) => {
    for (let k = 0; k < count; k++) {
      const share = (by[row * count + k] as number) / (productAt(factor, { row, k, gram, count }) + TINY);
      next[k] = (factor[row * count + k] as number) * share;
    }
    factor.set(next, row * count);
  });
}

/** $\|V - W H\|^2 = \|V\|^2 - 2 \langle V^T W, H^T \rangle + \langle W^T W, H H^T \rangle$: no product as large as V. */
function* errorOf(
  { square, byParts, gram }: { readonly square: number; readonly byParts: Float64Array; readonly gram: Float64Array },
  parts: Float64Array,
  count: number,
): Sliced<number> {
  let sum = square;
  yield* forEachOf(parts.length / count, count * count, (row) => {
    for (let k = 0; k < count; k++) {
      const at = row * count + k;
      sum += (parts[at] as number) * (productAt(parts, { row, k, gram, count }) - 2 * (byParts[at] as number));
    }
  });
  return Math.sqrt(Math.max(0, sum));
}

/** An element of a factor times a Gram matrix. */
function productAt(
  factor: Float64Array,
  {
    row,
    k,
    gram,
    count,
  }: { readonly row: number; readonly k: number; readonly gram: Float64Array; readonly count: number },
): number {
  let sum = 0;
  for (let other = 0; other < count; other++) {
    sum += (factor[row * count + other] as number) * (gram[other * count + k] as number);
  }
  return sum;
}

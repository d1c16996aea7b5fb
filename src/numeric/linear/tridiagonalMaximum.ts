/** The greatest eigenvalue of a symmetric tridiagonal matrix, and its eigenvector of unit length. */
export interface Maximum {
  readonly value: number;
  readonly vector: Float64Array;
}

/**
 * Finds the greatest eigenvalue by bisection and its vector by inverse iteration.
 *
 * Source: Golub and Van Loan 2013, "Matrix Computations", §8.4.
 *
 * @param diagonal `[n]`.
 * @param beside what is beside the diagonal, above 0, `[n − 1]`.
 */
export function tridiagonalMaximum(diagonal: readonly number[], beside: readonly number[]): Maximum {
  const reach = diagonal.map((value, i) => value + (beside[i - 1] ?? 0) + (beside[i] ?? 0));
  let [low, high] = [Math.max(...diagonal), Math.max(...reach)];
  // Just above the spectrum the shifted matrix is definite, and needs no pivots.
  high += Math.abs(high) * 1e-15 + Number.MIN_VALUE;
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (isAboveAll(diagonal, beside, middle)) high = middle;
    else low = middle;
  }
  let vector = new Float64Array(diagonal.length).fill(1);
  for (let round = 0; round < 3; round++) vector = unit(solved(diagonal, beside, { shift: high, right: vector }));
  return { value: high, vector };
}

/** Whether all eigenvalues are below a number: all pivots of the shifted matrix are negative. */
function isAboveAll(diagonal: readonly number[], beside: readonly number[], shift: number): boolean {
  let pivot = (diagonal[0] as number) - shift;
  for (let i = 1; i < diagonal.length && pivot < 0; i++) {
    pivot = (diagonal[i] as number) - shift - (beside[i - 1] as number) ** 2 / pivot;
  }
  return pivot < 0;
}

/** The solution of (shift I − T) x = right, by elimination. */
function solved(
  diagonal: readonly number[],
  beside: readonly number[],
  { shift, right }: { readonly shift: number; readonly right: Float64Array },
): Float64Array<ArrayBuffer> {
  const out = Float64Array.from(right);
  const pivots = out.map((_, i) => shift - (diagonal[i] as number));
  for (let i = 1; i < out.length; i++) {
    // Rounded as in isAboveAll, which says that none is zero.
    pivots[i]! -= (beside[i - 1] as number) ** 2 / (pivots[i - 1] as number);
    out[i]! += ((beside[i - 1] as number) / (pivots[i - 1] as number)) * (out[i - 1] as number);
  }
  for (let i = out.length - 1; i >= 0; i--) {
    out[i] = ((out[i] as number) + (beside[i] ?? 0) * (out[i + 1] ?? 0)) / (pivots[i] as number);
  }
  return out;
}

function unit(vector: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

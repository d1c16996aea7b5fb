import { forEachOf, type Sliced } from '../sliced.ts';
import { gramOf, type Matrix, times } from './factorProducts.ts';

/** At most so many rounds for a row, and as many as change a weight by this share of the greatest one. */
const ROUNDS = 1000;
const ENOUGH = 1e-9;

/**
 * The weights w ≥ 0 of given parts that come nearest to each row, $\min_{w \ge 0} \|v - w H\|$, by coordinate descent:
 * each weight in turn is set to the best one, the others as they are.
 *
 * Source: Franc, Hlaváč and Navara 2005, "Sequential coordinate-wise algorithm for the non-negative least squares problem".
 *
 * @param parts H with its axes exchanged, `[columns × count]`.
 * @returns `[rows × count]`
 */
export function* nonNegativeWeights(matrix: Matrix, parts: Float64Array, count: number): Sliced<Float64Array> {
  const gram = yield* gramOf(parts, count);
  const goals = yield* times(matrix, parts, count);
  const weights = new Float64Array(matrix.rows * count);
  // Some tens of rounds are usual.
  yield* forEachOf(matrix.rows, 50 * count * count, (row) => {
    const own = weights.subarray(row * count, (row + 1) * count);
    descend(own, gram, goals.subarray(row * count, (row + 1) * count));
  });
  return weights;
}

function descend(weights: Float64Array, gram: Float64Array, goal: Float64Array): void {
  for (let round = 0, change = 1, most = 0; round < ROUNDS && change > ENOUGH * most; round++) {
    change = 0;
    for (let k = 0; k < weights.length; k++) {
      const before = weights[k] as number;
      const next = bestAt(k, weights, gram, goal);
      weights[k] = next;
      change = Math.max(change, Math.abs(next - before));
      most = Math.max(most, next);
    }
  }
}

/** The best weight of one part, the others as they are; 0 of a part that is zero. */
function bestAt(k: number, weights: Float64Array, gram: Float64Array, goal: Float64Array): number {
  const count = weights.length;
  const own = gram[k * count + k] as number;
  if (own === 0) return 0;
  let rest = goal[k] as number;
  for (let other = 0; other < count; other++) rest -= (gram[k * count + other] as number) * (weights[other] as number);
  return Math.max(0, (weights[k] as number) + rest / own);
}

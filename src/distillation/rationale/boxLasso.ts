import { GRAIN, type Sliced } from '../../numeric/sliced.ts';
import { bestFirst } from './bestFirst.ts';

/** Features and outputs of a node's images, centred. */
export interface CentredRows {
  /** `[d × m]`, feature by feature. */
  readonly features: Float64Array;
  readonly outputs: Float64Array;
}

/** About how many operations a feature takes to be ordered. */
const FEATURE = 200;
const ROUNDS = 10;
/** Of the variance of outputs: the tolerance that lasso solvers have as a rule. */
const ENOUGH = 1e-4;

/**
 * The coefficients in [0, 1] that minimise $\frac1m \sum_i (\alpha^T z_i - y_i)^2 + \lambda \sum_d \alpha_d$ by coordinate
 * descent (Friedman, Hastie and Tibshirani 2010, §2), from the feature that goes along with the outputs most to the
 * one that does so least: of the many solutions there are for few images, one of few features.
 */
export function* boxLasso({ features, outputs }: CentredRows, penalty: number): Sliced<Float64Array> {
  const count = outputs.length;
  const width = features.length / count;
  const coefficients = new Float64Array(width);
  const rest = outputs.slice();
  const spread = meanSquare(rest, 0, count);
  const squares = new Float64Array(width);
  const along = new Float64Array(width);
  for (let d = 0; d < width; d++) {
    squares[d] = meanSquare(features, d * count, count);
    along[d] = product(features, d * count, rest) / count;
  }
  /** Moves each of some coefficients to where it is best; the most that one of the moves mattered. */
  const sweep = (order: Iterable<number>): number => {
    let most = 0;
    for (const d of order) {
      const square = squares[d] as number;
      if (square === 0) continue;
      const before = coefficients[d] as number;
      const slope = product(features, d * count, rest) / count + square * before;
      const after = Math.min(Math.max((slope - penalty / 2) / square, 0), 1);
      if (after === before) continue;
      coefficients[d] = after;
      for (let i = 0; i < count; i++) {
        rest[i] = (rest[i] as number) - (after - before) * (features[d * count + i] as number);
      }
      most = Math.max(most, square * (after - before) ** 2);
      if (count === 2 && isExact()) break;
    }
    return most;
  };
  const isExact = (): boolean => meanSquare(rest, 0, count) <= ENOUGH * spread;
  const places = Int32Array.from(along.keys());
  sweep(
    bestFirst(
      along,
      places.filter((d) => (along[d] as number) > 0),
    ),
  );
  let done = 4 * features.length + FEATURE * width;
  const all = isExact() ? [] : [...bestFirst(along, places)];
  for (let round = 0; round < ROUNDS && !isExact(); round++) {
    const most = sweep(all);
    done += 2 * features.length;
    if (most <= ENOUGH * spread) break;
    // Between sweeps over all, those that are under way settle among themselves.
    const inside = all.filter((d) => (coefficients[d] as number) > 0 && (coefficients[d] as number) < 1);
    for (let inner = 0; inner < ROUNDS && sweep(inside) > ENOUGH * spread; inner++) done += 2 * inside.length * count;
    if (done < GRAIN) continue;
    yield done;
    done = 0;
  }
  yield done;
  return coefficients;
}

function meanSquare(values: Float64Array, start: number, count: number): number {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += (values[i] as number) ** 2;
  return sum / count;
}

function product(features: Float64Array, start: number, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (features[start + i] as number) * (values[i] as number);
  return sum;
}

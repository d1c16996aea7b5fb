import type { Sliced } from '../../numeric/sliced.ts';
import type { CentredRows } from './boxLasso.ts';

/** Of how many features all subsets are tried between two yields. */
const BLOCK = 6;

/**
 * The subset α ∈ {0, 1}^d of at least one feature that minimises
 * $\frac1m \sum_i (\alpha^T z_i - y_i)^2 + \lambda \sum_d \alpha_d$, by trying all of them; of equals the one that leaves
 * out the first feature on which they differ.
 *
 * @param usable the features that may be chosen.
 */
export function* bestSubset(
  { features, outputs }: CentredRows,
  penalty: number,
  usable: readonly number[],
): Sliced<number[]> {
  const count = outputs.length;
  let least = Number.POSITIVE_INFINITY;
  let best: number[] = [];
  const chosen: number[] = [];
  const visit = function* (next: number, rest: Float64Array): Sliced<void> {
    if (usable.length - next === BLOCK) yield 2 ** BLOCK * (10 + 2 * count);
    if (next === usable.length) {
      const loss = rest.reduce((sum, value) => sum + value * value, 0) / count + penalty * chosen.length;
      if (chosen.length === 0 || loss >= least) return;
      least = loss;
      best = [...chosen];
      return;
    }
    yield* visit(next + 1, rest);
    const feature = usable[next] as number;
    chosen.push(feature);
    yield* visit(
      next + 1,
      rest.map((value, i) => value - (features[feature * count + i] as number)),
    );
    chosen.pop();
  };
  yield* visit(0, outputs);
  return best;
}

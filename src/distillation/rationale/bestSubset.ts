import type { CentredRows } from './boxLasso.ts';

/**
 * The subset α ∈ {0, 1}^d of at least one feature that minimises
 * $\frac1m \sum_i (\alpha^T z_i - y_i)^2 + \lambda \sum_d \alpha_d$, by trying all of them; of equals the one that leaves
 * out the first feature on which they differ.
 *
 * @param usable the features that may be chosen.
 */
export function bestSubset({ features, outputs }: CentredRows, penalty: number, usable: readonly number[]): number[] {
  const count = outputs.length;
  let least = Number.POSITIVE_INFINITY;
  let best: number[] = [];
  const chosen: number[] = [];
  const visit = (next: number, rest: Float64Array): void => {
    if (next === usable.length) {
      const loss = rest.reduce((sum, value) => sum + value * value, 0) / count + penalty * chosen.length;
      if (chosen.length === 0 || loss >= least) return;
      least = loss;
      best = [...chosen];
      return;
    }
    visit(next + 1, rest);
    const feature = usable[next] as number;
    chosen.push(feature);
    visit(
      next + 1,
      rest.map((value, i) => value - (features[feature * count + i] as number)),
    );
    chosen.pop();
  };
  visit(0, outputs);
  return best;
}

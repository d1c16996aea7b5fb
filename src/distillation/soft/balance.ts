import { depthOf } from './gates.ts';

/** How often examples come to inner nodes, and go right there: sums over examples, or running means of them. */
export interface Traffic {
  /** $\sum_x P_i(x) p_i(x)$, `[2^D − 1]`. */
  readonly right: Float64Array;
  /** $\sum_x P_i(x)$. */
  readonly all: Float64Array;
}

/** The price of uneven splits, and its slopes by the sums. */
export interface Balance {
  /** $\alpha_i = \sum_x P_i(x) p_i(x) / \sum_x P_i(x)$. */
  readonly alpha: Float64Array;
  /** $-\lambda \sum_i 2^{-\mathrm{depth}_i} \frac12 (\log \alpha_i + \log(1 - \alpha_i))$. */
  readonly price: number;
  readonly byRight: Float64Array;
  readonly byAll: Float64Array;
}

/** Away from here the price would be infinite. */
const EDGE = 1e-6;

/** The price of traffic, Eq. (4)–(5), Frosst and Hinton 2017, which halves from one level to the next. */
export function balanceOf({ right, all }: Traffic, weight: number): Balance {
  const alpha = right.map((sum, node) =>
    Math.min(Math.max(sum / Math.max(all[node] as number, 1e-300), EDGE), 1 - EDGE),
  );
  let price = 0;
  const slopes = alpha.map((share, node) => {
    const own = weight * 2 ** -depthOf(node);
    price -= (own / 2) * (Math.log(share) + Math.log1p(-share));
    return (-own / 2) * (1 / share - 1 / (1 - share));
  });
  const perAll = (node: number): number => 1 / Math.max(all[node] as number, 1e-300);
  return {
    alpha,
    price,
    byRight: slopes.map((slope, node) => slope * perAll(node)),
    byAll: slopes.map((slope, node) => -slope * (alpha[node] as number) * perAll(node)),
  };
}

/**
 * Running means of traffic: a window of `window` batches at the root, twice as long on each level below, where fewer examples
 * come by. Without earlier traffic that of the batch stands for it.
 *
 * @returns the means and what of each node's traffic is the batch's.
 */
export function withTraffic(
  before: Traffic | undefined,
  batch: Traffic,
  window: number,
): { readonly traffic: Traffic; readonly fresh: Float64Array } {
  if (!before) return { traffic: batch, fresh: new Float64Array(batch.all.length).fill(1) };
  const fresh = batch.all.map((_, node) => 1 / (window * 2 ** depthOf(node)));
  const mixed = (old: Float64Array, now: Float64Array): Float64Array =>
    now.map((value, node) => (fresh[node] as number) * value + (1 - (fresh[node] as number)) * (old[node] as number));
  return { traffic: { right: mixed(before.right, batch.right), all: mixed(before.all, batch.all) }, fresh };
}
